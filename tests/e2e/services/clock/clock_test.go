package main

import (
	"testing"
	"time"
)

func TestTimeIsToldAsUTC(t *testing.T) {
	east := time.FixedZone("east", 3600)
	if found := told(time.Date(2026, 5, 9, 13, 0, 0, 0, east)); found != "2026-05-09T12:00:00Z" {
		t.Fatal(found)
	}
}
