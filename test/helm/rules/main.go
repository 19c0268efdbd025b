// What `promtool check rules` says of files of rules, by the reader Prometheus itself has: a line for each fault, and exit code 1.
// promtool would bring the clients of every cloud along. Built by ../programs.mjs, which names the version.
package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

func main() {
	code := 0
	for _, file := range os.Args[1:] {
		_, faults := rulefmt.ParseFile(file, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.Default())
		for _, fault := range faults {
			fmt.Printf("%s: %v\n", file, fault)
			code = 1
		}
	}
	os.Exit(code)
}
