package db

import "strconv"

// BulkRows is how many rows of width columns one statement takes: SQLite
// allows 32,766 values in one, PostgreSQL 65,535, and beyond a thousand rows
// neither gets faster.
func BulkRows(width int) int { return min(1000, 32_766/width) }

// Tuples returns the placeholders for n rows of width columns:
// "($1,$2),($3,$4)".
func Tuples(n, width int) string {
	b := make([]byte, 0, n*width*6)
	for i := range n * width {
		switch {
		case i == 0:
			b = append(b, "($"...)
		case i%width == 0:
			b = append(b, "),($"...)
		default:
			b = append(b, ",$"...)
		}
		b = strconv.AppendInt(b, int64(i+1), 10)
	}
	return string(append(b, ')'))
}
