// Command chart prints what a Helm chart renders to: chart FOLDER RELEASE NAMESPACE [VALUES].
package main

import (
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 4 {
		log.Fatal("usage: chart FOLDER RELEASE NAMESPACE [VALUES]")
	}
	values := chartutil.Values{}
	if len(os.Args) > 4 {
		read, err := chartutil.ReadValuesFile(os.Args[4])
		stopOn(err)
		values = read
	}
	chart, err := loader.Load(os.Args[1])
	stopOn(err)
	stopOn(chartutil.ProcessDependenciesWithMerge(chart, values))
	release := chartutil.ReleaseOptions{
		Name: os.Args[2], Namespace: os.Args[3], Revision: 1, IsInstall: true,
	}
	rendering, err := chartutil.ToRenderValues(chart, values, release, nil)
	stopOn(err)
	rendered, err := engine.Render(chart, rendering)
	stopOn(err)
	for _, crd := range chart.CRDObjects() {
		show(string(crd.File.Data))
	}
	for _, name := range slices.Sorted(maps.Keys(rendered)) {
		if !strings.HasSuffix(name, "NOTES.txt") {
			show(rendered[name])
		}
	}
}

func show(text string) {
	if strings.TrimSpace(text) != "" {
		fmt.Printf("---\n%s\n", text)
	}
}

func stopOn(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
