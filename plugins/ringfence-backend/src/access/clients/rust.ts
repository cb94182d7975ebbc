import { hostPort } from '@ringfence/connection/dial';
import { PASSWORD_VARIABLE, type Client, type ClientValues } from './Client';
import { rustLiteral } from './quote';

/** The end of the TLS configuration: what the client shows of itself. */
const identity = ({ certificate }: ClientValues) =>
  certificate
    ? `    let certificates =
        CertificateDer::pem_file_iter(bundle.join(${rustLiteral(
          certificate.certificate,
        )}))?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(bundle.join(${rustLiteral(
      certificate.key,
    )}))?;
    let config = config.with_client_auth_cert(certificates, key)?;
`
    : `    let config = config.with_no_client_auth();
`;

const builders = ({ needsHybrid }: ClientValues) =>
  needsHybrid
    ? {
        provider: `    // The post-quantum hybrid or nothing, which TLS 1.3 alone has.
    let provider = Arc::new(CryptoProvider {
        kx_groups: vec![aws_lc_rs::kx_group::X25519MLKEM768],
        ..aws_lc_rs::default_provider()
    });
`,
        chain: `WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
            .build()?`,
        config: `ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?`,
      }
    : {
        provider: '',
        chain: 'WebPkiServerVerifier::builder(Arc::new(roots)).build()?',
        config: 'ClientConfig::builder()',
      };

const imports = ({ certificate, needsHybrid }: ClientValues) => ({
  pkiTypes: certificate
    ? 'pem::PemObject, CertificateDer, PrivateKeyDer, ServerName, UnixTime'
    : 'pem::PemObject, CertificateDer, ServerName, UnixTime',
  provider: needsHybrid
    ? 'use rustls::crypto::{aws_lc_rs, CryptoProvider};\n'
    : '',
  version: needsHybrid ? 'use rustls::version::TLS13;\n' : '',
});

const example = (values: ClientValues) => `//! Connects and prints what answers.

use std::{env, error::Error, net::SocketAddr, num::NonZeroUsize, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::WebPkiServerVerifier;
${imports(values).provider}use rustls::pki_types::{${imports(values).pkiTypes}};
${
  imports(values).version
}use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use scylla::client::{session::Session, session_builder::SessionBuilder, PoolSize};
use scylla::errors::TranslationError;
use scylla::policies::address_translator::{AddressTranslator, UntranslatedPeer};

const DATABASE: &str = ${rustLiteral(hostPort(values.host, values.port))};
const SERVER_NAME: &str = ${rustLiteral(values.serverName)};
const DATACENTER: &str = ${rustLiteral(values.datacenter)};
const USERNAME: &str = ${rustLiteral(values.username)};

type Failure = Box<dyn Error + Send + Sync>;

/// Verifies the chain and SERVER_NAME. The driver knows a node's address alone, and
/// by itself would have the certificate verified for that.
#[derive(Debug)]
struct DatabaseVerifier {
    chain: Arc<WebPkiServerVerifier>,
    name: ServerName<'static>,
}

impl ServerCertVerifier for DatabaseVerifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _address: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.chain
            .verify_server_cert(certificate, intermediates, &self.name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chain
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chain
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

/// The nodes' own addresses are not dialled: all lead to the database's one name.
struct DatabaseTranslator;

#[async_trait]
impl AddressTranslator for DatabaseTranslator {
    async fn translate_address(
        &self,
        peer: &UntranslatedPeer,
    ) -> Result<SocketAddr, TranslationError> {
        let mut addresses = tokio::net::lookup_host(DATABASE)
            .await
            .map_err(|error| TranslationError::IoError(Arc::new(error)))?;
        addresses
            .next()
            .ok_or_else(|| TranslationError::NoRuleForAddress(peer.untranslated_address()))
    }
}

fn tls() -> Result<Arc<ClientConfig>, Failure> {
    // The folder of the bundle, seen from where the program runs.
    let bundle = PathBuf::from(env::var("RINGFENCE_BUNDLE").unwrap_or_else(|_| "..".into()));
    // This CA alone, not those of the system.
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(bundle.join("ca.crt"))? {
        roots.add(certificate?)?;
    }
${builders(values).provider}    let verifier = DatabaseVerifier {
        chain: ${builders(values).chain},
        name: ServerName::try_from(SERVER_NAME)?,
    };
    // "dangerous", since a verifier of one's own can be wrong: the one above verifies
    // all that rustls does, for another name. Nothing here is older than TLS 1.2.
    let config = ${builders(values).config}
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
${identity(values)}    Ok(Arc::new(config))
}

pub async fn connect(password: &str) -> Result<Session, Failure> {
    let session = SessionBuilder::new()
        .known_node(DATABASE)
        .user(USERNAME, password)
        .tls_context(Some(tls()?))
        .address_translator(Arc::new(DatabaseTranslator))
        .prefer_datacenter(DATACENTER.into())
        // The one name has one port for all shards and leads to any node: a
        // connection to each shard of a given node cannot be had through it.
        .disallow_shard_aware_port(true)
        .pool_size(PoolSize::PerHost(NonZeroUsize::MIN))
        .build()
        .await?;
    Ok(session)
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let password = env::var("${PASSWORD_VARIABLE}").map_err(|_| "set ${PASSWORD_VARIABLE}")?;
    let session = connect(&password).await?;
    let (name, version) = session
        .query_unpaged(
            "SELECT cluster_name, release_version FROM system.local",
            &[],
        )
        .await?
        .into_rows_result()?
        .single_row::<(String, String)>()?;
    println!("Connected to {name}, version {version}");
    Ok(())
}
`;

const MANIFEST = `[package]
name = "ringfence-example"
version = "1.0.0"
edition = "2021"
publish = false

[dependencies]
async-trait = "0.1"
rustls = "0.23"
scylla = { version = "1.9", features = ["rustls-023"] }
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
`;

/** The scylla crate. */
export const rust: Client = {
  id: 'rust',
  title: 'Rust',
  language: 'rust',
  insistsOnHybrid: true,
  note: 'The driver verifies the address that it dials and sends no name: the verifier in here puts the right name in its place.',
  run: () => ['cd rust', 'cargo run'],
  files: values => [
    {
      path: 'rust/src/main.rs',
      description: 'Connects and prints the version',
      text: example(values),
    },
    {
      path: 'rust/Cargo.toml',
      description: 'What the example needs',
      text: MANIFEST,
    },
  ],
};
