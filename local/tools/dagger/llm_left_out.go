package core

import (
	"context"
	"errors"
)

var errNoModels = errors.New(
	"this engine is built without clients of language models: use Dagger's own release",
)

const modelDefaultAnthropic = "claude-sonnet-4-5"

// noModel takes the place of the clients of language models, which no pipeline here asks for.
type noModel struct{}

func (noModel) SendQuery(context.Context, []*ModelMessage, []LLMTool) (*LLMResponse, error) {
	return nil, errNoModels
}

func (noModel) IsRetryable(error) bool { return false }

func newAnthropicClient(*LLMEndpoint) LLMClient { return noModel{} }

func newOpenAIClient(*LLMEndpoint, string, bool) LLMClient { return noModel{} }

func newGenaiClient(*LLMEndpoint) (LLMClient, error) { return noModel{}, nil }
