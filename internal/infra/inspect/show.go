package inspect

import (
	"bytes"
	"encoding/binary"
	"image/png"

	"golang.org/x/image/tiff"
)

const notShown = "This page can’t be shown here. Download the file to read it"

// showTIFF makes a PNG of a page of a TIFF: browsers show no TIFF. The reader
// knows the first directory alone, so the header is made to lead to the one
// that is wanted (TIFF 6.0, section 2).
func showTIFF(file []byte, pages []int) (Report, []byte) {
	report := lookAtTIFF(file)
	if report.Verdict != Fine {
		return report, nil
	}
	if len(pages) != 1 || pages[0] < 1 || pages[0] > report.Pages {
		return refused("The file has no such page"), nil
	}
	order := byteOrder(file)
	at := order.Uint32(file[4:])
	for range pages[0] - 1 {
		d, _ := readDirectory(file, order, at)
		at = d.next
	}
	order.PutUint32(file[4:], at)
	picture, err := tiff.Decode(bytes.NewReader(file))
	if err != nil {
		return damaged(notShown), nil
	}
	var made bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&made, picture); err != nil {
		return damaged(notShown), nil
	}
	return report, made.Bytes()
}

func byteOrder(file []byte) binary.ByteOrder {
	if bytes.HasPrefix(file, []byte("MM")) {
		return binary.BigEndian
	}
	return binary.LittleEndian
}
