// Package teav1 takes the models of another display library and shows none of them.
package teav1

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/vito/tuist"
)

// Wrap would show a model.
type Wrap struct{ tuist.Compo }

func New(tea.Model) *Wrap          { return &Wrap{} }
func (*Wrap) OnQuit(func())        {}
func (*Wrap) Render(tuist.Context) {}
