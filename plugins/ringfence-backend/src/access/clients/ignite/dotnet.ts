import { hostPort } from '@ringfence/connection/dial';
import { STORE_PASSWORD } from '../../pkcs12';
import { type Client, type ClientValues } from '../Client';
import { stringLiteral } from '../quote';

const passwordLines = ({ username, passwordVariable }: ClientValues) =>
  username
    ? `var password = Environment.GetEnvironmentVariable("${passwordVariable}")
    ?? throw new InvalidOperationException("Set ${passwordVariable}");
`
    : '';

const loginLines = ({ username }: ClientValues) =>
  username
    ? `
    UserName = ${stringLiteral(username)},
    Password = password,`
    : '';

/** What the client shows of itself, where it has a certificate. */
const identityLines = ({ certificate }: ClientValues) =>
  certificate
    ? `
            // What this client shows of itself. The password is no secret: the file's mode
            // alone protects the key.
            ClientCertificates = new X509Certificate2Collection(
                new X509Certificate2(Path.Combine(bundle, ${stringLiteral(
                  certificate.keystore,
                )}), ${stringLiteral(STORE_PASSWORD)})),`
    : '';

const example = (
  values: ClientValues,
) => `// Connects and prints the state and the caches.
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Apache.Ignite.Core;
using Apache.Ignite.Core.Client;

${passwordLines(
  values,
)}// The folder of the bundle, seen from where the program runs.
var bundle = Environment.GetEnvironmentVariable("RINGFENCE_BUNDLE") ?? "..";

using var client = Ignition.StartClient(new IgniteClientConfiguration
{
    Endpoints = new[] { ${stringLiteral(
      hostPort(values.host, values.port),
    )} },${loginLines(values)}
    SslStreamFactory = new VerifiedTls(bundle, ${stringLiteral(
      values.serverName,
    )}),
    // The nodes' own addresses are not dialled: the gateway picks the node.
    EnableClusterDiscovery = false,
    EnablePartitionAwareness = false,
});
Console.WriteLine(
    $"Connected, active: {client.GetCluster().IsActive()}, caches: {string.Join(", ", client.GetCacheNames())}");

/// <summary>
/// Trusts this CA alone and verifies the name. Ignite's own SslStreamFactory takes the CAs of
/// the machine, and the host that is dialled for the name.
/// </summary>
sealed class VerifiedTls(string bundle, string serverName) : ISslStreamFactory
{
    public SslStream Create(Stream stream, string targetHost)
    {
        var authorities = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // The CA publishes no list of revoked certificates: they live short instead.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        authorities.CustomTrustStore.ImportFromPemFile(Path.Combine(bundle, "ca.crt"));
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        // Throws where the chain does not end at this CA, or the name is another.
        tls.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,${identityLines(
              values,
            )}
            CertificateChainPolicy = authorities,
        });
        return tls;
    }
}
`;

const PROJECT = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net8.0</TargetFramework>
    <RollForward>LatestMajor</RollForward>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Apache.Ignite" Version="2.17.0" />
  </ItemGroup>
</Project>
`;

/** Ignite's thin client for .NET. */
export const dotnet: Client = {
  id: 'dotnet',
  title: '.NET',
  language: 'csharp',
  note: "Ignite's own SslStreamFactory trusts the machine's CAs, not this one: leave VerifiedTls in.",
  run: () => ['cd dotnet', 'dotnet run'],
  files: values => [
    {
      path: 'dotnet/Program.cs',
      description: 'Connects and prints the state and the caches',
      text: example(values),
    },
    {
      path: 'dotnet/ringfence-example.csproj',
      description: 'What the example needs',
      text: PROJECT,
    },
  ],
};
