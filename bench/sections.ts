import { append } from './audit/measure-append.ts';
import { audit } from './audit/measure-audit.ts';
import { cold } from './cold/measure-cold.ts';
import { custody } from './custody/measure-custody.ts';
import { fields } from './field/measure-field.ts';
import { files } from './files/measure-files.ts';
import { growth } from './growth/measure-growth.ts';
import type { Section } from './harness/section.ts';
import { lifecycle } from './jobs/measure-lifecycle.ts';
import { keys } from './keys/measure-keys.ts';
import { leases } from './lease/measure-leases.ts';
import { lists } from './list/measure-lists.ts';
import { writes } from './list/measure-writes.ts';
import { pages } from './pages/measure-pages.ts';
import { start } from './start/measure-start.ts';
import { transport } from './transport/measure-transport.ts';
import { wide } from './wide/measure-wide.ts';

/** In the order in which they run. */
export const SECTIONS: readonly Section[] = [
	fields,
	lists,
	writes,
	files,
	transport,
	keys,
	start,
	cold,
	leases,
	append,
	audit,
	growth,
	lifecycle,
	wide,
	pages,
	custody,
];
