// A clock: it answers with the time, and is one static program.
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"
)

func told(now time.Time) string {
	return now.UTC().Format(time.RFC3339)
}

func main() {
	http.HandleFunc("/now", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(answer, told(time.Now()))
	})
	log.Fatal(http.ListenAndServe(":7000", nil))
}
