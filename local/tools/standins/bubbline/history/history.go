// Package history remembers nothing between two interactive shells.
package history

// History is the lines a person typed.
type History = []string

// LoadHistory gives an empty history.
func LoadHistory(string) (History, error) { return nil, nil }

// SaveHistory drops the history.
func SaveHistory(History, string) error { return nil }
