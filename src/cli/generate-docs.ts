import { writeFileSync } from 'node:fs';
import { createSchema, TABLE_OF } from '../api/index.ts';
import { sealedColumns } from '../database/index.ts';
import { apiPage } from './docs/api-page.ts';
import { contentPage } from './docs/content-page.ts';
import { parseSdl, readSdlFiles } from './docs/sdl.ts';
import { whoMayCall, whoMayNot, whoMayRead } from './docs/who-may.ts';

/** Writes the documents that follow from the schema; `npm run check` compares them. */
const DOCS = new URL('../../docs/', import.meta.url);

const content = contentPage(createSchema().registry, sealedColumns(TABLE_OF), { whoMayRead, whoMayNot });
writeFileSync(new URL('content-fields.md', DOCS), content);
writeFileSync(new URL('api.md', DOCS), apiPage(parseSdl(readSdlFiles()), whoMayCall));
