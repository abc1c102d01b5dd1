// Package midterm keeps what programs print as plain lines, without reading terminal codes.
package midterm

import (
	"io"
	"strings"
)

// Format is the look of a piece of text; there is one only.
type Format struct{}

// Reset is the plain look.
var Reset = Format{}

// Render gives the code that selects the plain look.
func (Format) Render() string { return "\x1b[0m" }

// SearchMatch would be where a search found its text.
type SearchMatch struct{ Row, Col, Start, End int }

// Terminal grows by a row a line.
type Terminal struct {
	AutoResizeX, AutoResizeY bool
	Content                  [][]rune
	SearchMatches            []SearchMatch

	open bool
}

// NewAutoResizingTerminal gives an empty terminal.
func NewAutoResizingTerminal() *Terminal {
	return &Terminal{AutoResizeX: true, AutoResizeY: true}
}

// Write appends text; what follows the last newline stays open for the next call.
func (t *Terminal) Write(text []byte) (int, error) {
	for i, line := range strings.Split(string(text), "\n") {
		if i == 0 && t.open {
			last := len(t.Content) - 1
			t.Content[last] = append(t.Content[last], []rune(line)...)
		} else {
			t.Content = append(t.Content, []rune(line))
		}
	}
	t.open = true
	return len(text), nil
}

// UsedHeight counts the rows that hold text.
func (t *Terminal) UsedHeight() int {
	height := len(t.Content)
	if height > 0 && len(t.Content[height-1]) == 0 {
		height--
	}
	return height
}

// RenderLine writes one row.
func (t *Terminal) RenderLine(to io.Writer, row int) error {
	if row >= len(t.Content) {
		return nil
	}
	_, err := io.WriteString(to, string(t.Content[row]))
	return err
}

// RenderLineFgBg writes one row, without its colours.
func (t *Terminal) RenderLineFgBg(to io.Writer, row int, _, _ any) error {
	return t.RenderLine(to, row)
}

// ResizeX does nothing: rows are as long as their text.
func (t *Terminal) ResizeX(int) {}

// Search finds nothing.
func (t *Terminal) Search(string) int { return 0 }

// SearchClear has nothing to clear.
func (t *Terminal) SearchClear() {}

// SearchMatchRows has no row to name.
func (t *Terminal) SearchMatchRows() []int { return nil }

// SearchSetCurrent has no match to select.
func (t *Terminal) SearchSetCurrent(int) (int, int) { return -1, -1 }
