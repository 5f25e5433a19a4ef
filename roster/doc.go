// Package roster brings people and places in from a workbook (.xlsx) and takes them out again.
//
// Read first columns.go (which sheets and columns there are), then read.go (a file from outside becomes rows,
// or is refused), then plan.go (rows become the difference to the roster in use). write.go makes templates,
// exports and the workbook that says what became of each row.
//
// The package says everything as keys of sentences (echowall.Refusal), which content/words/roster.yaml holds.
package roster
