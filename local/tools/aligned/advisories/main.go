// Command advisories writes a Trivy database out of safety-db's insecure_full.json and of what is added:
//
//	advisories insecure_full.json advisories.yaml FOLDER
//
// safety-db names no severity, so every advisory of its own counts as HIGH, and the database's date
// is that of safety-db.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/metadata"
	"github.com/aquasecurity/trivy-db/pkg/types"
	"go.etcd.io/bbolt"
)

const bucket = "pip::safety-db"

type advisory struct {
	Text     string   `json:"advisory"`
	CVE      *string  `json:"cve"`
	ID       string   `json:"id"`
	Affected []string `json:"specs"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("usage: advisories insecure_full.json advisories.yaml FOLDER")
	}
	if err := convert(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func convert(source, more, folder string) error {
	packages, updated, err := read(source)
	if err != nil {
		return fmt.Errorf("reading %s: %w", source, err)
	}
	added, err := readAdded(more)
	if err != nil {
		return fmt.Errorf("reading %s: %w", more, err)
	}
	if err := db.Init(folder); err != nil {
		return err
	}
	if err := write(packages, added); err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	return metadata.NewClient(folder).Update(metadata.Metadata{
		Version:    db.SchemaVersion,
		UpdatedAt:  updated,
		NextUpdate: updated.Add(24 * time.Hour),
	})
}

func read(source string) (map[string][]advisory, time.Time, error) {
	content, err := os.ReadFile(source)
	if err != nil {
		return nil, time.Time{}, err
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(content, &entries); err != nil {
		return nil, time.Time{}, err
	}
	var meta struct {
		Timestamp int64 `json:"timestamp"`
	}
	if err := json.Unmarshal(entries["$meta"], &meta); err != nil {
		return nil, time.Time{}, fmt.Errorf("$meta: %w", err)
	}
	delete(entries, "$meta")
	packages := make(map[string][]advisory, len(entries))
	for name, entry := range entries {
		var advisories []advisory
		if err := json.Unmarshal(entry, &advisories); err != nil {
			return nil, time.Time{}, fmt.Errorf("%s: %w", name, err)
		}
		packages[name] = advisories
	}
	return packages, time.Unix(meta.Timestamp, 0).UTC(), nil
}

func write(packages map[string][]advisory, added map[string][]entry) error {
	operation := db.Config{}
	return operation.BatchUpdate(func(tx *bbolt.Tx) error {
		source := types.DataSource{ID: "safety-db", Name: "safety-db (PyPI, 2021)"}
		if err := operation.PutDataSource(tx, bucket, source); err != nil {
			return err
		}
		titles := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(packages)) {
			for id, merged := range byID(packages[name]) {
				if titles[id] == "" || tellsOfAnother(titles[id]) {
					titles[id] = firstSentence(merged.Text)
				}
				vulnerability := types.Vulnerability{
					Title:    titles[id],
					Severity: types.SeverityHigh.String(),
				}
				affected := types.Advisory{VulnerableVersions: merged.Affected}
				keys := []string{bucket, strings.ToLower(name)}
				if err := operation.PutAdvisory(tx, keys, id, affected); err != nil {
					return err
				}
				if err := operation.PutVulnerability(tx, id, vulnerability); err != nil {
					return err
				}
				if err := operation.PutVulnerabilityID(tx, id); err != nil {
					return err
				}
			}
		}
		return writeAdded(tx, added)
	})
}

// byID joins the affected versions of advisories that tell of the same vulnerability.
func byID(advisories []advisory) map[string]advisory {
	merged := make(map[string]advisory, len(advisories))
	for _, one := range advisories {
		id := one.ID
		if one.CVE != nil {
			id, _, _ = strings.Cut(*one.CVE, ",")
		}
		if earlier, found := merged[id]; found {
			one.Affected = append(earlier.Affected, one.Affected...)
		}
		merged[id] = one
	}
	return merged
}

// tellsOfAnother is true of what a package writes when it takes a corrected dependency.
func tellsOfAnother(title string) bool {
	return strings.Contains(title, " updates ") || strings.Contains(title, " upgrades ")
}

func firstSentence(text string) string {
	sentence, _, _ := strings.Cut(text, ". ")
	return strings.TrimSpace(sentence)
}
