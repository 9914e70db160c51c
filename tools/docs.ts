import { writeFileSync } from 'node:fs';
import { createSchema, TABLE_OF } from '../src/api/index.ts';
import { readSdlFiles } from '../src/api/sdl-files.ts';
import { sealedColumns } from '../src/database/index.ts';
import { apiPage } from './pages/api-page.ts';
import { contentPage } from './pages/content-page.ts';
import { parseSdl } from './pages/sdl.ts';
import { whoMayCall, whoMayNot, whoMayRead } from './pages/who-may.ts';

/** Writes the documents that follow from the schema; `npm run check` compares them. */
const DOCS = new URL('../docs/reference/', import.meta.url);

const content = contentPage(createSchema().registry, sealedColumns(TABLE_OF), { whoMayRead, whoMayNot });
writeFileSync(new URL('content-fields.md', DOCS), content);
writeFileSync(new URL('api.md', DOCS), apiPage(parseSdl(readSdlFiles()), whoMayCall));
