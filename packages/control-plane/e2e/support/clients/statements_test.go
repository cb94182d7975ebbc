package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

// Runs the statements of a file, one a line, over the connection of the bundle's example.
//
// "REPEAT file statement" runs one until that file is there, and says how each went.
// "TRACED count statement" runs one that is prepared for 1 to count, each traced.
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
	for _, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		words := strings.SplitN(line, " ", 3)
		switch {
		case words[0] == "REPEAT":
			repeat(session, words[1], words[2])
		case words[0] == "TRACED":
			err = traced(session, words[1], words[2])
		case words[0] == "SELECT":
			var name string
			err = session.Query(line).Scan(&name)
			fmt.Println(name)
		default:
			err = session.Query(line).Exec()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func repeat(session *gocql.Session, stop, statement string) {
	for {
		if _, err := os.Stat(stop); err == nil {
			return
		}
		if err := session.Query(statement).Exec(); err != nil {
			fmt.Println("failed", err)
		} else {
			fmt.Println("ok")
		}
		time.Sleep(100 * time.Millisecond)
	}
}

type noTrace struct{}

// Trace leaves the trace where it is, in the database.
func (noTrace) Trace([]byte) {}

func traced(session *gocql.Session, count, statement string) error {
	last, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	for key := 1; key <= last; key++ {
		if err := session.Query(statement, key).Trace(noTrace{}).Exec(); err != nil {
			return err
		}
	}
	return nil
}
