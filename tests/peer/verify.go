// Verifies what custodyfs publishes with code that custodyfs had no part in: Go's own transparency-log packages.
//
//	verify tree VKEY DIR                          every entry of a published tree is in the signed head
//	verify consistency VKEY DIR OLDCHECKPOINT     an older signed head is a prefix of the published tree's
//	verify proof VKEY PROOFFILE ENTRYFILE         a tlog-proof file holds for the text of an entry
//
// One line says what was found; the exit status is 0 where it holds, 1 where it does not, 2 for a wrong call.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight  = 8
	bundleWidth = 1 << tileHeight
	proofHeader = "c2sp.org/tlog-proof@v1"
)

// openCheckpoint checks the signature and reads origin, size and root (c2sp.org/tlog-checkpoint).
func openCheckpoint(vkey string, text []byte) (tlog.Tree, error) {
	var tree tlog.Tree
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, fmt.Errorf("verifier key: %w", err)
	}
	n, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tree, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" {
		return tree, errors.New("checkpoint: fewer than three lines")
	}
	if lines[0] != verifier.Name() {
		return tree, fmt.Errorf("checkpoint: origin %q is not the key's name", lines[0])
	}
	tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || tree.N < 0 || strconv.FormatInt(tree.N, 10) != lines[1] {
		return tree, fmt.Errorf("checkpoint: size %q", lines[1])
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	if err != nil {
		return tree, fmt.Errorf("checkpoint: root: %w", err)
	}
	return tree, nil
}

// directory reads the tiles of a tlog-tiles folder.
type directory string

func (d directory) Height() int { return tileHeight }

func (d directory) SaveTiles([]tlog.Tile, [][]byte) {}

// path: c2sp.org/tlog-tiles leaves the height out of Go's own paths.
func (d directory) path(t tlog.Tile) string {
	return filepath.Join(string(d), strings.Replace(t.Path(), "tile/8/", "tile/", 1))
}

func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		b, err := os.ReadFile(d.path(t))
		if errors.Is(err, os.ErrNotExist) && t.W < bundleWidth { // the full one may stand in its place
			full := t
			full.W = bundleWidth
			if b, err = os.ReadFile(d.path(full)); err == nil && len(b) == bundleWidth*tlog.HashSize {
				b = b[:t.W*tlog.HashSize]
			}
		}
		if err != nil {
			return nil, err
		}
		if len(b) != t.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: %d bytes", d.path(t), len(b))
		}
		data[i] = b
	}
	return data, nil
}

// entries reads one bundle: its path is that of the tile of leaves, in another folder.
func (d directory) entries(n int64, width int) ([][]byte, error) {
	path := d.path(tlog.Tile{H: tileHeight, L: 0, N: n, W: width})
	path = strings.Replace(path, filepath.Join(string(d), "tile", "0"), filepath.Join(string(d), "tile", "entries"), 1)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s: cut off", path)
		}
		size := int(binary.BigEndian.Uint16(data))
		all = append(all, data[2:2+size])
		data = data[2+size:]
	}
	if len(all) != width {
		return nil, fmt.Errorf("%s: %d entries, not %d", path, len(all), width)
	}
	return all, nil
}

func (d directory) head(vkey string) (tlog.Tree, error) {
	text, err := os.ReadFile(filepath.Join(string(d), "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	return openCheckpoint(vkey, text)
}

func checkEmpty(tree tlog.Tree) error {
	const sha256OfNothing = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	if tree.N == 0 && tree.Hash.String() != sha256OfNothing {
		return errors.New("the root of an empty tree is not SHA-256 of nothing")
	}
	return nil
}

// checkRecord makes an inclusion proof from the tiles, and checks it.
func checkRecord(tree tlog.Tree, n int64, entry []byte, hashes tlog.HashReader) error {
	proof, err := tlog.ProveRecord(tree.N, n, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(entry))
}

func checkBundle(tree tlog.Tree, n int64, bundle [][]byte, hashes tlog.HashReader) error {
	indexes := make([]int64, len(bundle))
	for i := range bundle {
		indexes[i] = tlog.StoredHashIndex(0, n*bundleWidth+int64(i))
	}
	leaves, err := hashes.ReadHashes(indexes) // checked against the root by TileHashReader
	if err != nil {
		return err
	}
	for i, entry := range bundle {
		if tlog.RecordHash(entry) != leaves[i] {
			return fmt.Errorf("entry %d is not in the tree", n*bundleWidth+int64(i))
		}
	}
	for _, i := range []int{0, len(bundle) - 1} {
		if err := checkRecord(tree, n*bundleWidth+int64(i), bundle[i], hashes); err != nil {
			return fmt.Errorf("entry %d: %w", n*bundleWidth+int64(i), err)
		}
	}
	return nil
}

func verifyTree(vkey, dir string) (string, error) {
	d := directory(dir)
	tree, err := d.head(vkey)
	if err != nil {
		return "", err
	}
	if err := checkEmpty(tree); err != nil {
		return "", err
	}
	hashes := tlog.TileHashReader(tree, d)
	for n := int64(0); n*bundleWidth < tree.N; n++ {
		width := bundleWidth
		if left := tree.N - n*bundleWidth; left < bundleWidth {
			width = int(left)
		}
		bundle, err := d.entries(n, width)
		if err != nil {
			return "", err
		}
		if err := checkBundle(tree, n, bundle, hashes); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%d entries, all in the tree with root %v", tree.N, tree.Hash), nil
}

func verifyConsistency(vkey, dir, oldFile string) (string, error) {
	d := directory(dir)
	tree, err := d.head(vkey)
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(oldFile)
	if err != nil {
		return "", err
	}
	old, err := openCheckpoint(vkey, text)
	if err != nil {
		return "", err
	}
	if old.N > tree.N {
		return "", fmt.Errorf("the older head is over %d entries, the tree holds %d", old.N, tree.N)
	}
	if old.N == 0 {
		return "every tree extends the empty one", checkEmpty(old)
	}
	proof, err := tlog.ProveTree(tree.N, old.N, tlog.TileHashReader(tree, d))
	if err != nil {
		return "", err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return "", err
	}
	return fmt.Sprintf("the %d entries of the older head are the first of the tree's %d", old.N, tree.N), nil
}

func verifyProof(vkey, proofFile, entryFile string) (string, error) {
	text, err := os.ReadFile(proofFile)
	if err != nil {
		return "", err
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return "", err
	}
	entry = []byte(strings.TrimSuffix(string(entry), "\n")) // no entry has one; editors and shells add it
	head, checkpoint, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != proofHeader || !strings.HasPrefix(lines[1], "index ") {
		return "", errors.New("not a tlog-proof file")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil || fmt.Sprintf("index %d", index) != lines[1] {
		return "", fmt.Errorf("index line %q", lines[1])
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return "", err
		}
		proof = append(proof, hash)
	}
	tree, err := openCheckpoint(vkey, []byte(checkpoint))
	if err != nil {
		return "", err
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return "", err
	}
	return fmt.Sprintf("the entry is number %d of %d", index, tree.N), nil
}

func main() {
	var found string
	var err error
	args := os.Args[1:]
	switch {
	case len(args) == 3 && args[0] == "tree":
		found, err = verifyTree(args[1], args[2])
	case len(args) == 4 && args[0] == "consistency":
		found, err = verifyConsistency(args[1], args[2], args[3])
	case len(args) == 4 && args[0] == "proof":
		found, err = verifyProof(args[1], args[2], args[3])
	default:
		fmt.Fprintln(os.Stderr, "usage: verify tree VKEY DIR | consistency VKEY DIR OLDCHECKPOINT | proof VKEY PROOFFILE ENTRYFILE")
		os.Exit(2)
	}
	if err != nil {
		fmt.Println("FAILED:", strings.ReplaceAll(err.Error(), "\n", " "))
		os.Exit(1)
	}
	fmt.Println("verified:", found)
}
