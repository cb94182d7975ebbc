import {
  HYBRID_GROUP,
  PASSWORD_VARIABLE,
  type Client,
  type ClientValues,
} from './Client';
import { stringLiteral } from './quote';

const minVersion = ({ needsHybrid }: ClientValues) =>
  needsHybrid ? 'VersionTLS13' : 'VersionTLS12';

const hybridLine = ({ needsHybrid }: ClientValues, indent: string) =>
  needsHybrid
    ? `${indent}// The post-quantum hybrid or nothing: it needs Go 1.24.
${indent}CurvePreferences: []tls.CurveID{tls.${HYBRID_GROUP}},
`
    : '';

/** Each node by its host ID and its address, aligned as gofmt does. */
function nodeEntries({ nodes }: ClientValues): string {
  const entries = nodes.flatMap(({ hostId, address, serverName }) =>
    [hostId, address].flatMap(key =>
      key ? [[stringLiteral(key), stringLiteral(serverName)]] : [],
    ),
  );
  const width = Math.max(0, ...entries.map(([key]) => key.length)) + 1;
  return entries
    .map(([key, name]) => `	${`${key}:`.padEnd(width)} ${name},\n`)
    .join('');
}

/** The table of nodes, where they have names. */
const nodeTable = (values: ClientValues) =>
  values.nodes.length > 0
    ? `// Each node by its host ID and its address. One that is not in here is reached by the
// shared name, until the bundle is downloaded again.
var nodes = map[string]string{
${nodeEntries(values)}}

`
    : '';

/** How a node is dialled. The driver keeps the nodes' own addresses, by which it hears of who is up and down. */
const dialHost = ({ nodes }: ClientValues) =>
  nodes.length > 0
    ? `	config := dialer.config.Clone()
	if name, ok := nodes[node.HostID()]; ok {
		config.ServerName = name
	} else if name, ok := nodes[node.ConnectAddress().String()]; ok {
		config.ServerName = name
	}
`
    : '';

const policyLines = ({ nodes }: ClientValues) =>
  nodes.length > 0
    ? `	// Asks the replica of a row first.
	cluster.PoolConfig.HostSelectionPolicy = gocql.TokenAwareHostPolicy(gocql.DCAwareRoundRobinPolicy(datacenter))
`
    : `	cluster.PoolConfig.HostSelectionPolicy = gocql.DCAwareRoundRobinPolicy(datacenter)
`;

const connectFunction = (values: ClientValues) => `${nodeTable(
  values,
)}// databaseDialer dials the database, whatever a node's own address is.
type databaseDialer struct{ config *tls.Config }

func (dialer databaseDialer) DialHost(ctx context.Context, ${
  values.nodes.length > 0 ? 'node' : '_'
} *gocql.HostInfo) (*gocql.DialedHost, error) {
${dialHost(
  values,
)}	connection, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	return gocql.WrapTLS(ctx, connection, "", ${
    values.nodes.length > 0 ? 'config' : 'dialer.config'
  })
}

// tlsConfig verifies the chain against the bundle's CA alone, and the name.
func tlsConfig(bundle string) (*tls.Config, error) {
	authorities, err := os.ReadFile(filepath.Join(bundle, "ca.crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authorities) {
		return nil, errors.New("ca.crt holds no certificate")
	}
${
  values.certificate
    ? `	// What this client shows of itself.
	certificate, err := tls.LoadX509KeyPair(
		filepath.Join(bundle, ${stringLiteral(values.certificate.certificate)}),
		filepath.Join(bundle, ${stringLiteral(values.certificate.key)}),
	)
	if err != nil {
		return nil, err
	}
`
    : ''
}	return &tls.Config{
		RootCAs:    roots,
		ServerName: serverName,
		MinVersion: tls.${minVersion(values)},
${hybridLine(values, '\t\t')}${
  values.certificate
    ? `		// As it is read above.
		Certificates: []tls.Certificate{certificate},
`
    : ''
}	}, nil
}

func connect(bundle, password string) (*gocql.Session, error) {
	config, err := tlsConfig(bundle)
	if err != nil {
		return nil, err
	}
	cluster := gocql.NewCluster(host)
	cluster.Port = port
	// ScyllaDB speaks no later one, and asking which costs a connection.
	cluster.ProtoVersion = 4
${policyLines(
  values,
)}	cluster.Authenticator = gocql.PasswordAuthenticator{Username: username, Password: password}
	cluster.HostDialer = databaseDialer{config}
	return cluster.CreateSession()
}`;

const example = (values: ClientValues) => `// Connects and prints what answers.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"strconv"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

const (
	host       = ${stringLiteral(values.host)}
	port       = ${values.port}
	serverName = ${stringLiteral(values.serverName)}
	datacenter = ${stringLiteral(values.datacenter)}
	username   = ${stringLiteral(values.username)}
)

${connectFunction(values)}

func main() {
	password := os.Getenv("${PASSWORD_VARIABLE}")
	if password == "" {
		log.Fatal("set ${PASSWORD_VARIABLE}")
	}
	// The folder of the bundle, seen from where the program runs.
	bundle := os.Getenv("RINGFENCE_BUNDLE")
	if bundle == "" {
		bundle = ".."
	}
	session, err := connect(bundle, password)
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()

	var name, version string
	query := session.Query("SELECT cluster_name, release_version FROM system.local")
	if err := query.Scan(&name, &version); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Connected to %s, version %s\\n", name, version)
}
`;

const moduleFile = ({ needsHybrid }: ClientValues) => `module ringfence-example

go ${needsHybrid ? '1.24' : '1.21'}

require github.com/apache/cassandra-gocql-driver/v2 v2.1.2
`;

/** gocql, the Go driver. */
export const go: Client = {
  id: 'go',
  title: 'Go',
  language: 'go',
  isPerNode: true,
  insistsOnHybrid: true,
  run: () => ['cd go', 'go mod tidy', 'go run .'],
  files: values => [
    {
      path: 'go/main.go',
      description: 'Connects and prints the version',
      text: example(values),
    },
    {
      path: 'go/go.mod',
      description: 'What the example needs',
      text: moduleFile(values),
    },
  ],
};
