import { PASSWORD_VARIABLE, type Client, type ClientValues } from './Client';
import { stringLiteral } from './quote';

const example = (
  values: ClientValues,
) => `// Connects through the gateway and prints what answers.
package main

import (
	"crypto/tls"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

const (
	host       = ${stringLiteral(values.host)}
	port       = ${values.port}
	serverName = ${stringLiteral(values.serverName)}
	datacenter = ${stringLiteral(values.datacenter)}
	username   = ${stringLiteral(values.username)}
)

func connect(bundle, password string) (*gocql.Session, error) {
	addresses, err := net.LookupIP(host)
	if err != nil {
		return nil, err
	}
	cluster := gocql.NewCluster(host)
	cluster.Port = port
	// ScyllaDB speaks no later one, and asking which costs a connection.
	cluster.ProtoVersion = 4
	cluster.PoolConfig.HostSelectionPolicy = gocql.DCAwareRoundRobinPolicy(datacenter)
	cluster.Authenticator = gocql.PasswordAuthenticator{Username: username, Password: password}
	// The nodes' own addresses cannot be reached: all lead to the gateway.
	cluster.AddressTranslator = gocql.AddressTranslatorFunc(
		func(net.IP, int) (net.IP, int) { return addresses[0], port },
	)
	cluster.SslOpts = &gocql.SslOptions{
		CaPath: filepath.Join(bundle, "ca.crt"),
		// Without it the name is not verified.
		EnableHostVerification: true,
		Config:                 &tls.Config{ServerName: serverName, MinVersion: tls.VersionTLS12},
	}
	return cluster.CreateSession()
}

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

const MODULE = `module ringfence-example

go 1.21

require github.com/apache/cassandra-gocql-driver/v2 v2.1.2
`;

/** gocql, the Go driver. */
export const go: Client = {
  id: 'go',
  title: 'Go',
  language: 'go',
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
      text: MODULE,
    },
  ],
};
