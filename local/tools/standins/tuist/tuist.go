// Package tuist has the names of a full-screen display and shows none of it: the command line
// prints plain progress instead.
package tuist

import (
	"context"
	"io"
	"os"

	uv "github.com/charmbracelet/ultraviolet"
)

// Component is what a display is made of; the other interfaces are what it may also be.
type (
	Component    interface{ Render(Context) }
	Dismounter   interface{ OnDismount() }
	Hoverable    interface{ SetHovered(Context, bool) }
	MouseEnabled interface {
		HandleMouse(Context, MouseEvent) bool
	}
	Mounter     interface{ OnMount(Context) }
	Interactive interface {
		Component
		HandleKeyPress(Context, uv.KeyPressEvent) bool
	}
	Focusable interface {
		Component
		SetFocused(Context, bool)
	}
)

// MouseEvent is never sent.
type MouseEvent struct {
	uv.MouseEvent
	Row, Col int
}

// Context is the space a component has; it collects nothing.
type Context struct {
	context.Context
	Width, Height int
}

func (Context) Line(string)         {}
func (Context) Lines(...string)     {}
func (Context) SetFocus(Component)  {}
func (c Context) ScreenHeight() int { return c.Height }

func (c Context) Resize(width, height int) Context {
	c.Width, c.Height = width, height
	return c
}

// RenderResult is a component's lines.
type RenderResult struct{ Lines []string }

// Compo is what components embed.
type Compo struct{}

func (*Compo) RenderChild(Context, Component)                    {}
func (*Compo) RenderChildInline(Context, Component) string       { return "" }
func (*Compo) RenderChildResult(Context, Component) RenderResult { return RenderResult{} }
func (*Compo) RequestRender()                                    {}
func (*Compo) Update()                                           {}

// Container holds components.
type Container struct {
	Compo
	Children []Component
}

func (c *Container) AddChild(child Component) { c.Children = append(c.Children, child) }
func (*Container) Render(Context)             {}

// TextInput is a line that nobody can type.
type TextInput struct {
	Compo
	Prompt         string
	OnSubmit       func(Context, string) bool
	KeyInterceptor func(Context, uv.KeyPressEvent) bool

	value string
}

func NewTextInput(string) *TextInput       { return &TextInput{} }
func (*TextInput) InsertRune(rune)         {}
func (*TextInput) Render(Context)          {}
func (t *TextInput) SetValue(value string) { t.value = value }
func (t *TextInput) Value() string         { return t.value }

// Completion is one proposal for a TextInput.
type Completion struct{ Label, InsertText, Detail, Documentation, DisplayLabel, Kind string }

// CompletionResult is the proposals for what stands after ReplaceFrom.
type CompletionResult struct {
	Items       []Completion
	ReplaceFrom int
}

// CompletionMenu proposes nothing.
type CompletionMenu struct{ Compo }

func NewCompletionMenu(*TextInput, func(string, int) CompletionResult) *CompletionMenu {
	return &CompletionMenu{}
}

func (*CompletionMenu) HandleKeyPress(Context, uv.KeyPressEvent) bool { return false }

// Spinner stands still.
type Spinner struct {
	Compo
	Style func(string) string
	Label string
	Epoch any
}

func NewSpinner() *Spinner      { return &Spinner{} }
func (*Spinner) Render(Context) {}

// Overlays lie nowhere.
type (
	Anchor         int
	SizeAbs        int
	OverlayHandle  struct{}
	OverlayMargin  struct{ Top, Right, Bottom, Left int }
	OverlayOptions struct {
		Width  SizeAbs
		Anchor Anchor
		Margin OverlayMargin
	}
)

const AnchorTopRight Anchor = 1

func (*OverlayHandle) Remove() {}

// Terminal is not read.
type Terminal struct{}

func NewStdTerminal() *Terminal { return &Terminal{} }

// TUI runs what it is given at once, on the program's own input and output.
type TUI struct{}

func New(*Terminal) *TUI                                           { return &TUI{} }
func (*TUI) AddChild(Component)                                    {}
func (*TUI) Dispatch(action func())                                { action() }
func (*TUI) RemoveChild(Component)                                 {}
func (*TUI) RenderLines() []string                                 { return nil }
func (*TUI) RequestRender(bool)                                    {}
func (*TUI) SetDebugWriter(io.Writer)                              {}
func (*TUI) SetFocus(Component)                                    {}
func (*TUI) SetShowHardwareCursor(bool)                            {}
func (*TUI) ShowOverlay(Component, *OverlayOptions) *OverlayHandle { return &OverlayHandle{} }
func (*TUI) Start() error                                          { return nil }
func (*TUI) Stop()                                                 {}

func (*TUI) Exec(run func(io.Reader, io.Writer, io.Writer) error) error {
	return run(os.Stdin, os.Stdout, os.Stderr)
}
