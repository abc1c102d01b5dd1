package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/types"
	"github.com/aquasecurity/trivy-db/pkg/vulnsrc/vulnerability"
	"go.etcd.io/bbolt"
	"gopkg.in/yaml.v3"
)

// debian is where Trivy's own database has Debian's advisories from.
var debian = types.DataSource{
	ID:   vulnerability.Debian,
	Name: "Debian Security Tracker",
	URL:  "https://salsa.debian.org/security-tracker-team/security-tracker",
}

// entry is one advisory in the words of advisories.yaml.
type entry struct {
	Package  string `yaml:"package"`
	ID       string `yaml:"id"`
	Severity string `yaml:"severity"`
	Status   string `yaml:"status"`
	Fixed    string `yaml:"fixed"`
	Affected string `yaml:"affected"`
	Vendor   string `yaml:"vendor"`
	Title    string `yaml:"title"`
}

// readAdded gives the advisories of each bucket.
func readAdded(file string) (map[string][]entry, error) {
	content, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	added := map[string][]entry{}
	decoder := yaml.NewDecoder(content)
	decoder.KnownFields(true)
	return added, decoder.Decode(&added)
}

func writeAdded(tx *bbolt.Tx, added map[string][]entry) error {
	operation := db.Config{}
	for bucket, entries := range added {
		if strings.HasPrefix(bucket, "debian ") {
			if err := operation.PutDataSource(tx, bucket, debian); err != nil {
				return err
			}
		}
		for _, one := range entries {
			if err := one.put(operation, tx, bucket); err != nil {
				return fmt.Errorf("%s in %s: %w", one.ID, bucket, err)
			}
		}
	}
	return nil
}

func (one entry) put(operation db.Config, tx *bbolt.Tx, bucket string) error {
	severity, err := types.NewSeverity(one.Severity)
	if err != nil {
		return err
	}
	advisory, err := one.advisory()
	if err != nil {
		return err
	}
	if err := operation.PutAdvisory(tx, []string{bucket, one.Package}, one.ID, advisory); err != nil {
		return err
	}
	told := types.Vulnerability{
		Title:          one.Title,
		VendorSeverity: types.VendorSeverity{vulnerability.NVD: severity},
	}
	if err := operation.PutVulnerability(tx, one.ID, told); err != nil {
		return err
	}
	return operation.PutVulnerabilityID(tx, one.ID)
}

func (one entry) advisory() (*types.Advisory, error) {
	advisory := &types.Advisory{FixedVersion: one.Fixed, Status: types.NewStatus(one.Status)}
	if one.Vendor != "" {
		advisory.VendorIDs = []string{one.Vendor}
	}
	if one.Affected != "" {
		advisory.VulnerableVersions = []string{one.Affected}
	}
	if one.Fixed+one.Affected == "" && advisory.Status == types.StatusUnknown {
		return nil, errors.New("neither a version nor a status that Trivy knows")
	}
	return advisory, nil
}
