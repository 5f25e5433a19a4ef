// Package roster reads files about people and places, says what is wrong in them, and compares them with the
// roster as it stands. It changes nothing: whoever calls it hands the outcome to echowall.RosterStore.
//
// Read outline.go for the borders of grids (GeoJSON) and outline_plan.go for what a file would change.
package roster
