package letter

import (
	"strings"

	"parley/internal/infra/pdf"
)

// read turns a text into blocks. Each line is a paragraph, but "# " and "## "
// begin headings, "- " items of a list, ": " lines that stand for themselves,
// and "| a | b |" rows of a table.
func read(text string) (all []pdf.Block) {
	open := false // a following line may belong to the last block
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			open = len(all) > 0 && all[len(all)-1].Kind != pdf.Paragraph && open
			continue
		}
		b := blockOf(line)
		if open && len(all) > 0 && all[len(all)-1].Kind == b.Kind && (b.Items != nil || b.Rows != nil) {
			last := &all[len(all)-1]
			last.Items, last.Rows = append(last.Items, b.Items...), append(last.Rows, b.Rows...)
			continue
		}
		all, open = append(all, b), true
	}
	return all
}

func blockOf(line string) pdf.Block {
	if rest, ok := strings.CutPrefix(line, "## "); ok {
		return pdf.Block{Kind: pdf.Heading, Text: rest}
	}
	if rest, ok := strings.CutPrefix(line, "# "); ok {
		return pdf.Block{Kind: pdf.Title, Text: rest}
	}
	if rest, ok := strings.CutPrefix(line, "- "); ok {
		return pdf.Block{Kind: pdf.List, Items: []string{rest}}
	}
	if rest, ok := strings.CutPrefix(line, ": "); ok {
		return pdf.Block{Kind: pdf.Lines, Items: []string{rest}}
	}
	if strings.HasPrefix(line, "|") && strings.HasSuffix(line, "|") && len(line) > 2 {
		var row []string
		for cell := range strings.SplitSeq(line[1:len(line)-1], "|") {
			row = append(row, strings.TrimSpace(cell))
		}
		return pdf.Block{Kind: pdf.Table, Rows: [][]string{row}}
	}
	return pdf.Block{Kind: pdf.Paragraph, Text: line}
}

// safe keeps what people wrote from being taken for a heading, a row or an
// item: it is one line, without bars, that begins with a word.
func safe(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.TrimLeft(strings.ReplaceAll(s, "|", "/"), "#-: ")
}

// Text is a letter as plain text, a line a block, an item or a row.
func Text(blocks []pdf.Block) string {
	var b strings.Builder
	for _, block := range blocks {
		switch {
		case block.Rows != nil:
			for _, row := range block.Rows {
				b.WriteString(strings.Join(row, ": ") + "\n")
			}
		case block.Items != nil:
			b.WriteString(strings.Join(block.Items, "\n") + "\n")
		default:
			b.WriteString(block.Text + "\n")
		}
	}
	return b.String()
}
