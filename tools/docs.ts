import { writeFileSync } from 'node:fs';
import { createSchema, TABLE_OF } from '../src/api/index.ts';
import { readSdlFiles } from '../src/api/sdl-files.ts';
import { sealedColumns } from '../src/database/index.ts';
import { apiPage } from './pages/api-page.ts';
import { commandsPage } from './pages/commands-page.ts';
import { contentPage } from './pages/content-page.ts';
import { errorsPage } from './pages/errors-page.ts';
import { GENERATED_PAGES } from './pages/generated-pages.ts';
import { limitsPage } from './pages/limits-page.ts';
import { parseSdl } from './pages/sdl.ts';
import { settingsPage } from './pages/settings-page.ts';
import { whoMayCall, whoMayNot, whoMayRead } from './pages/who-may.ts';
import { promisesPage } from './promises/page.ts';

/** Writes the pages that are generated from the schema, the sources and the tests. `npm run check` compares them. */
const write = (path: string, text: string) => writeFileSync(new URL(`../${path}`, import.meta.url), text);

const readers = { whoMayRead, whoMayNot };
write(GENERATED_PAGES.contentFields, contentPage(createSchema().registry, sealedColumns(TABLE_OF), readers));
write(GENERATED_PAGES.api, apiPage(parseSdl(readSdlFiles()), whoMayCall));
write(GENERATED_PAGES.settings, settingsPage());
write(GENERATED_PAGES.errors, errorsPage());
write(GENERATED_PAGES.limits, limitsPage());
write(GENERATED_PAGES.commands, await commandsPage());
write(GENERATED_PAGES.promises, promisesPage());
