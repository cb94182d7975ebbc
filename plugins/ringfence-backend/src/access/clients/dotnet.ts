import { PASSWORD_VARIABLE, type Client, type ClientValues } from './Client';
import { STORE_PASSWORD } from '../pkcs12';
import { stringLiteral } from './quote';

/** What the client shows of itself, where it has a certificate. */
const identity = ({ certificate }: ClientValues) =>
  certificate
    ? `
    // What this client shows of itself. The password is no secret: the file's mode alone
    // protects the key.
    .SetCertificateCollection(new X509Certificate2Collection(
        new X509Certificate2(Path.Combine(bundle, ${stringLiteral(
          certificate.keystore,
        )}), ${stringLiteral(STORE_PASSWORD)})))`
    : '';

const example = (values: ClientValues) => `// Connects and prints what answers.
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cassandra;

const string host = ${stringLiteral(values.host)};
const int port = ${values.port};
const string serverName = ${stringLiteral(values.serverName)};
const string datacenter = ${stringLiteral(values.datacenter)};
const string username = ${stringLiteral(values.username)};
const string serverAuthentication = "1.3.6.1.5.5.7.3.1";

var password = Environment.GetEnvironmentVariable("${PASSWORD_VARIABLE}")
    ?? throw new InvalidOperationException("Set ${PASSWORD_VARIABLE}");
// The folder of the bundle, seen from where the program runs.
var bundle = Environment.GetEnvironmentVariable("RINGFENCE_BUNDLE") ?? "..";
var authorities = new X509Certificate2Collection();
authorities.ImportFromPemFile(Path.Combine(bundle, "ca.crt"));

// Lets the chain end at this CA alone. All else that .NET finds wrong stays wrong,
// such as the name.
bool Verify(object sender, X509Certificate? served, X509Chain? sent, SslPolicyErrors errors)
{
    if (served is null) return false;
    if ((errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None) return false;
    using var chain = new X509Chain();
    chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
    chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
    chain.ChainPolicy.ApplicationPolicy.Add(new Oid(serverAuthentication));
    // The CA publishes no list of revoked certificates: they live short instead.
    chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
    foreach (var element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
    {
        chain.ChainPolicy.ExtraStore.Add(element.Certificate);
    }
    return chain.Build(new X509Certificate2(served));
}

var tls = new SSLOptions(SslProtocols.Tls12 | SslProtocols.Tls13, false, Verify)${identity(
  values,
)}
    // By default the driver asks reverse DNS which name to verify: whoever answers
    // there would choose it.
    .SetHostNameResolver(_ => serverName);

var database = new IPEndPoint((await Dns.GetHostAddressesAsync(host))[0], port);
using var cluster = Cluster.Builder()
    .AddContactPoint(database)
    .WithCredentials(username, password)
    .WithSSL(tls)
    .WithAddressTranslator(new DatabaseTranslator(database))
    .WithLoadBalancingPolicy(new DCAwareRoundRobinPolicy(datacenter))
    .Build();
using var session = await cluster.ConnectAsync();
var query = new SimpleStatement("SELECT cluster_name, release_version FROM system.local");
var row = (await session.ExecuteAsync(query)).First();
Console.WriteLine(
    $"Connected to {row.GetValue<string>("cluster_name")}, version {row.GetValue<string>("release_version")}");

/// <summary>The nodes' own addresses are not dialled: all lead to the database's one name.</summary>
sealed class DatabaseTranslator(IPEndPoint database) : IAddressTranslator
{
    public IPEndPoint Translate(IPEndPoint address) => database;
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
    <PackageReference Include="CassandraCSharpDriver" Version="3.22.0" />
  </ItemGroup>
</Project>
`;

/** CassandraCSharpDriver for .NET. */
export const dotnet: Client = {
  id: 'dotnet',
  title: '.NET',
  language: 'csharp',
  note: 'By default this driver asks reverse DNS which name to verify: leave SetHostNameResolver in.',
  run: () => ['cd dotnet', 'dotnet run'],
  files: values => [
    {
      path: 'dotnet/Program.cs',
      description: 'Connects and prints the version',
      text: example(values),
    },
    {
      path: 'dotnet/ringfence-example.csproj',
      description: 'What the example needs',
      text: PROJECT,
    },
  ],
};
