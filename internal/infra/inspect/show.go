package inspect

import (
	"bytes"
	"encoding/binary"
)

const notShown = "This page can’t be shown here. Download the file to read it"

func byteOrder(file []byte) binary.ByteOrder {
	if bytes.HasPrefix(file, []byte("MM")) {
		return binary.BigEndian
	}
	return binary.LittleEndian
}
