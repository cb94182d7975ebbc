package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Runs the statements of a file, one a line, over the connection of the bundle's example.
func TestStatements(t *testing.T) {
	content, err := os.ReadFile(os.Getenv("STATEMENTS"))
	if err != nil {
		t.Fatal(err)
	}
	session, err := connect("..", os.Getenv("CASSANDRA_PASSWORD"))
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	statements := strings.Split(strings.TrimSpace(string(content)), "\n")
	last := len(statements) - 1
	for _, statement := range statements[:last] {
		if err := session.Query(statement).Exec(); err != nil {
			t.Fatal(err)
		}
	}
	var name string
	if err := session.Query(statements[last]).Scan(&name); err != nil {
		t.Fatal(err)
	}
	fmt.Println(name)
}
