/*
 * Names that desktops know.  Litter: files and folders that file managers and office programs make
 * by themselves, beside what people put somewhere: previews, folder views, locks, recycle bins.
 * They are no evidence, and must not be kept like it.  Markers: names by which a folder asks
 * indexers to stay away.  Aside: the folder that a copying program makes beside the files it
 * writes.
 */
#ifndef POLICY_LITTER_H
#define POLICY_LITTER_H

#include <stdbool.h>

/*
 * Whether a name is litter.  From Windows (in any case): Thumbs.db, ehthumbs.db, desktop.ini,
 * $RECYCLE.BIN, System Volume Information, RECYCLER; "~$…" of its office programs; from macOS:
 * .DS_Store, "._…" (a file's second half, where the server cannot keep it), .Trashes,
 * .Spotlight-V100 and their like; from freedesktop.org and KDE: .Trash-<uid>, .thumbnails,
 * .sh_thumbnails, .directory; LibreOffice's ".~lock.…#"; and the markers and aside folders, which
 * are there already.  Where rsync first writes a file under ".NAME.aB3xYz", NAME is judged.
 */
bool litter_name(const char *name);

/*
 * .nomedia (Android, GNOME's indexer, media libraries), .trackerignore (GNOME's indexer),
 * .metadata_never_index (Spotlight).  Baloo, Recoll, Tumbler and the Windows indexer know no such
 * name.
 */
#define MARKERS 3
const char *marker_name(int n);    /* 0..MARKERS-1 */
int marker_find(const char *name); /* its number; -1 where it is none */

/*
 * Whether rsync puts whole files into a folder of that name until all have come (--delay-updates):
 * .~tmp~, or with --partial-dir the two that rsync(1) recommends, .rsync-partial and .rsync-tmp.
 * Where it cannot, it throws the files away and exits 0.
 */
bool aside_name(const char *name);

#endif
