import type { DenialReason } from '../../src/access/index.ts';
import { HTTP_STATUS } from '../../src/api/errors/http-status.ts';
import { DENIAL_REASONS } from '../../src/audit/entry.ts';
import { ERROR_CODES, ERROR_DESCRIPTIONS } from '../../src/errors.ts';
import { GENERATED_PAGES, pathFrom } from './generated-pages.ts';
import { page, table } from './markdown.ts';

const PAGE = GENERATED_PAGES.errors;

const HEAD = `<!-- Written by \`npm run generate\` from src/errors.ts and tools/pages/errors-page.ts: change those files. -->

# Errors

*Reference. For anyone who calls the API.*

A GraphQL error has its code in \`extensions.code\`; a problem document has it in \`code\`. An answer with data has status 200,
even if it also has errors: the status below is for an answer without data. Mistakes in a document or its variables have
status 200 for a client that asks for \`application/json\` by name, as GraphQL over HTTP requires for that older type.

An answer with status 503 has a \`Retry-After\` header. An answer with status 429 has one too, unless the person asks for
leases or jobs too often. A field that the caller may not read is not an error: see [withheld content](#withheld-content).
See also the [limits](${pathFrom(PAGE, 'docs/reference/limits.md')}).`;

const WITHHELD = `## Withheld content

FORBIDDEN with \`extensions.maxAge\` asks for a fresh sign-in: have the person sign in again with that \`max_age\` (seconds), and repeat the
request.

A content field that the caller may not read is null, without an error. \`extensions.sealed\` of the answer has an entry for
each coordinate that has such nulls:

\`\`\`json
{ "data": { "note": { "id": "…", "title": null } },
  "extensions": { "sealed": [{ "coordinate": "Note.title", "reason": "NO_LEASE", "count": 1 }] } }
\`\`\`

- **coordinate**: the type and the field.
- **reason**: see the table. An answer about several firms has one entry per firm, so a coordinate can occur several times.
- **count**: the number of objects whose value is withheld. An object that has no value counts too: the answer does not say
  which objects have one. An object that the document selects several times counts once.

An entry has no path and no id. An answer in which nothing is withheld has no \`extensions.sealed\`.`;

interface DenialDescription {
	readonly when: string;
	readonly objects: string;
	/** What the caller can do. */
	readonly remedy: string;
}

const DENIALS: Readonly<Record<DenialReason, DenialDescription>> = {
	NO_LEASE: {
		when: "A person of the platform asks without a lease, or the content is of another firm than the lease's.",
		objects: 'all of the firm',
		remedy: 'An operator names an active lease on the firm in `X-Firmseal-Lease`. Only an OPERATOR can have a lease.',
	},
	CLASS: {
		when: "The lease does not include the field's content class. Or a portal client asks for the class NOTE, which is never shared.",
		objects: 'all of the firm',
		remedy: 'An operator requests a lease on the class.',
	},
	COORDINATE: {
		when: 'The lease is limited to other fields.',
		objects: 'all of the firm',
		remedy: 'An operator requests a lease on the field.',
	},
	RECORD: {
		when: 'The lease is limited to other records.',
		objects: 'some or all',
		remedy: 'An operator requests a lease on the record.',
	},
	NOT_SHARED: {
		when: 'The content is of another firm, is not shared with the portal client, or is of a type that is never shared. Or the caller has no account.',
		objects: 'some or all',
		remedy: 'A member of the firm shares the object, if its type can be shared (`shareWithClient`).',
	},
	FIRM_CUSTODY: {
		when: "The field's class is in the firm's own custody: only devices of the firm hold its keys. This is no refusal, and not on record as one.",
		objects: 'all of the firm, or some while the class moves between custodies',
		remedy:
			"A member reads `sealedFields` of the object, and opens the values with a device of the firm. The platform's people cannot.",
	},
};

/** Every error code, in the order of src/errors.ts, and every reason for withheld content. */
export const errorsPage = (): string =>
	page([
		HEAD,
		table(
			['code', 'status', 'when', 'retry'],
			ERROR_CODES.map((code) => {
				const { when, retry } = ERROR_DESCRIPTIONS[code];
				return [`\`${code}\``, String(HTTP_STATUS[code]), when, retry];
			}),
		),
		WITHHELD,
		table(
			['reason', 'when', 'withheld objects', 'remedy'],
			DENIAL_REASONS.map((reason) => {
				const { when, objects, remedy } = DENIALS[reason];
				return [reason, when, objects, remedy];
			}),
		),
	]);
