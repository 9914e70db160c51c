import { CONTENT_TYPES } from '../../../src/client/coordinates.generated.ts';
import { serveVault } from '../../../src/client/worker/index.ts';

/* The worker of the measurements: notes with four fields. */
const note = CONTENT_TYPES.Note as (typeof CONTENT_TYPES)[string];
const field = note.fields.title as (typeof note.fields)[string];
const more = { third: { ...field, column: 'third' }, fourth: { ...field, column: 'fourth' } };
const types = { ...CONTENT_TYPES, Note: { ...note, fields: { ...note.fields, ...more } } };
serveVault(globalThis as unknown as Parameters<typeof serveVault>[0], { types });
