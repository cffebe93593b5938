package web

import (
	"bytes"
	"encoding/csv"
	"strings"
)

// CSV is a table as a file for spreadsheets, its heading first (RFC 4180). The
// cells of rows are changed where that keeps them harmless.
func CSV(name string, rows [][]string) (*File, error) {
	for _, row := range rows {
		for i := range row {
			row[i] = harmless(row[i])
		}
	}
	var b bytes.Buffer
	err := csv.NewWriter(&b).WriteAll(rows)
	return &File{Name: name, Type: "text/csv; charset=utf-8", Body: b.Bytes()}, err
}

// harmless keeps a spreadsheet from running a cell that begins like a formula
// (OWASP, "CSV injection"; ASVS 1.2.10).
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
