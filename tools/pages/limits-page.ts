import { DEFAULT_ROWS, MAX_ROWS } from '../../src/api/connection.ts';
import { MAX_MESSAGE_LENGTH } from '../../src/api/errors/mask-values.ts';
import { MEMBER_RECHECK_MS } from '../../src/api/files/download-right.ts';
import { MAX_RANGES } from '../../src/api/files/range-header.ts';
import { SENDER_TIMEOUT_MS } from '../../src/api/files/receive-file.ts';
import { MIN_BYTES_PER_SECOND, RATE_WINDOW_MS } from '../../src/api/files/transfer-rate.ts';
import { HTTP_LIMITS, SMALL_MESSAGE } from '../../src/api/http/http-limits.ts';
import { MAX_WAIT_FOR_SLOT_MS } from '../../src/api/limits/admission.ts';
import { MAX_FIELDS } from '../../src/api/limits/cost.ts';
import { LEASE_SLOT_TIMEOUT_MS, MAX_LEASE_REQUESTS_PER_PERSON } from '../../src/api/limits/lease-slots.ts';
import { PartyShares } from '../../src/api/limits/party-shares.ts';
import {
	DOWNLOADS,
	EVENT_STREAMS,
	LEASE_FILE_SLOTS,
	RESPONSE_MEMORY_SLOTS,
	type SlotLimits,
	UPLOADS,
} from '../../src/api/limits/slots.ts';
import { DOCUMENT_LIMITS, MAX_TOKENS } from '../../src/api/limits/structure.ts';
import { MAX_TOKEN_BYTES } from '../../src/api/request/authenticate.ts';
import { SETTING_GROUPS } from '../../src/config/settings.ts';
import { MAX_OPENED_BYTES } from '../../src/content/content-session.ts';
import { STATEMENT_TIMEOUT } from '../../src/database/connection.ts';
import { LEASE_DEADLINE, MAX_CONCURRENT_STATEMENTS } from '../../src/database/plane.ts';
import { UPLOAD_HEARTBEAT_TIMEOUT } from '../../src/database/statements/documents/object-deletion.ts';
import { TICKET_LIFE_MS } from '../../src/documents/tickets.ts';
import { MAX_FILE_BYTES, UPLOAD_HEARTBEAT_MS } from '../../src/documents/upload.ts';
import { MAX_ANSWER_BYTES, SMALL_ANSWER_BYTES } from '../../src/encryption-directive/gate.ts';
import { MAX_CACHED_KEY_USES, MAX_SEALED_VALUES } from '../../src/keys/data-keys.ts';
import { MAX_CONCURRENT_CALLS, MAX_THROTTLED_CALLS } from '../../src/keys/resilient-calls.ts';
import { MAX_RIGHTS_KEYS } from '../../src/keys/rights-proofs.ts';
import { MAX_OPEN_LEASES } from '../../src/leases/request.ts';
import {
	DEFAULT_MINUTES,
	MAX_APPROVALS,
	MAX_COORDINATES,
	MAX_MINUTES,
	MAX_READ_BUDGET,
	MAX_RECORDS,
} from '../../src/leases/request-input.ts';
import { MAX_REQUEST_AGE_HOURS } from '../../src/leases/transition.ts';
import { PUBLICATION_TIMEOUT_MS } from '../../src/leases/wait-for-publication.ts';
import { MAX_CONCURRENT_LEASE_REQUESTS } from '../../src/wiring/request-leases.ts';
import { GENERATED_PAGES, pathFrom } from './generated-pages.ts';
import { page, table } from './markdown.ts';

const PAGE = GENERATED_PAGES.limits;

const HEAD = `<!-- Written by \`npm run generate\` from tools/pages/limits-page.ts, which reads most numbers where the code has them. -->

# Limits

*Reference. For anyone who calls the API or sizes an installation.*

Limits of single arguments (the length of a text, the items of a list that you send) are in
[the API](${pathFrom(PAGE, GENERATED_PAGES.api)}). The size of a page is below. A limit that a [setting](${pathFrom(PAGE, GENERATED_PAGES.settings)})
changes names it here; the number is the default.`;

const number = (value: number): string => value.toLocaleString('en');
const seconds = (ms: number): string => `${number(ms / 1_000)} s`;

const UNITS: readonly (readonly [bytes: number, unit: string])[] = [
	[1024 ** 3, 'GiB'],
	[1024 ** 2, 'MiB'],
	[1024, 'KiB'],
];

/** In the largest unit that leaves a whole number. */
function bytes(value: number): string {
	const [size, unit] = UNITS.find(([each]) => value % each === 0) ?? [1, 'bytes'];
	return `${number(value / size)} ${unit}`;
}

/** In the order: an account, a firm's clients, a firm, all firms, the process. */
const perParty = ({ maxPerAccount, maxPerFirm, max, maxForFirms = max }: SlotLimits): readonly string[] =>
	[maxPerAccount, Math.floor(maxPerFirm / 2), maxPerFirm, maxForFirms, max].map(number);

const defaultOf = (name: 'FIRMSEAL_RATE_PER_MINUTE' | 'FIRMSEAL_REQUESTS_AT_ONCE'): number =>
	SETTING_GROUPS.Server[name].parse(undefined);

const documents = () =>
	table(
		['of a GraphQL document', 'limit'],
		[
			['tokens', number(MAX_TOKENS)],
			['characters of a name, such as an alias', number(DOCUMENT_LIMITS.nameLength)],
			['levels of fields within fields', number(DOCUMENT_LIMITS.levels)],
			['fields and fragments, counted at each use', number(DOCUMENT_LIMITS.selections)],
			['aliases', number(DOCUMENT_LIMITS.aliases)],
			['fields at the root of an operation', number(DOCUMENT_LIMITS.rootFields)],
			['directives at one place', number(DOCUMENT_LIMITS.directives)],
			['characters of a message about a mistake in it', number(MAX_MESSAGE_LENGTH)],
		],
	);

const answers = () =>
	table(
		['of an answer', 'limit'],
		[
			['rows of a page', `${number(MAX_ROWS)}; ${number(DEFAULT_ROWS)} unless asked for`],
			['fields', number(MAX_FIELDS)],
			['bytes of JSON', bytes(MAX_ANSWER_BYTES)],
			['stored content that one request opens, and text of the log that it reads', bytes(MAX_OPENED_BYTES)],
		],
	);

const requests = () =>
	table(
		['of requests', 'limit'],
		[
			[
				'requests a minute, of an account',
				`${number(defaultOf('FIRMSEAL_RATE_PER_MINUTE'))} (\`FIRMSEAL_RATE_PER_MINUTE\`)`,
			],
			['body', bytes(HTTP_LIMITS.body)],
			['headers', bytes(HTTP_LIMITS.headers)],
			['token', bytes(MAX_TOKEN_BYTES)],
			['time to send a request', seconds(HTTP_LIMITS.requestTimeout)],
			['time to take its answer', `${seconds(HTTP_LIMITS.responseTimeout)}; under a lease ${seconds(LEASE_DEADLINE)}`],
			['a statement in the database', seconds(STATEMENT_TIMEOUT)],
			['reading statements of one request at once', number(MAX_CONCURRENT_STATEMENTS)],
			['waiting until an entry of the log is published', seconds(PUBLICATION_TIMEOUT_MS)],
		],
	);

function concurrency(): string {
	const all = defaultOf('FIRMSEAL_REQUESTS_AT_ONCE');
	const slots = new PartyShares(all).of({ name: 'a firm', role: 'CLIENT' }).map((share) => share.slots);
	const row = (what: string, limits: SlotLimits) => [what, ...perParty(limits)];
	/** No portal client has a lease. */
	const rowOfOperators = (what: string, { maxPerAccount, maxPerFirm, max }: SlotLimits) => [
		what,
		number(maxPerAccount),
		'-',
		number(maxPerFirm),
		'-',
		number(max),
	];
	const atOnce = (what: string, of: (slot: (typeof slots)[number]) => number) => [
		what,
		'-',
		...slots.flatMap((each, index) => (index === 1 ? [] : [number(of(each))])),
		'-',
		number(all),
	];
	return table(
		['at once', 'account', "a firm's clients", 'a firm', 'all firms', 'a process'],
		[
			atOnce('running requests (`FIRMSEAL_REQUESTS_AT_ONCE`)', ({ executionSlots }) => executionSlots),
			atOnce(
				`waiting requests, ${seconds(MAX_WAIT_FOR_SLOT_MS)} at most (\`FIRMSEAL_REQUESTS_AT_ONCE\`)`,
				({ queueSlots }) => queueSlots,
			),
			row(`MiB of answers over ${bytes(SMALL_ANSWER_BYTES)} that are being sent`, RESPONSE_MEMORY_SLOTS),
			row('uploads', UPLOADS),
			row('downloads', DOWNLOADS),
			row('streams of events', EVENT_STREAMS),
			rowOfOperators('downloads under leases', LEASE_FILE_SLOTS),
		],
	);
}

const files = () =>
	table(
		['of files', 'limit'],
		[
			['size', bytes(MAX_FILE_BYTES)],
			['ranges of one request', number(MAX_RANGES)],
			["life of a download's ticket, which works once", seconds(TICKET_LIFE_MS)],
			['silence of a sender; of a reader', `${seconds(SENDER_TIMEOUT_MS)}; ${seconds(HTTP_LIMITS.connectionTimeout)}`],
			[`slowest rate, over ${seconds(RATE_WINDOW_MS)}`, `${bytes(MIN_BYTES_PER_SECOND)} a second`],
			['an upload is abandoned after no sign of life for', `${number(UPLOAD_HEARTBEAT_TIMEOUT)} s`],
			["a sender's right is verified again", `every ${seconds(UPLOAD_HEARTBEAT_MS)}, and before the file is saved`],
			["a reader's right is verified again", `every ${seconds(MEMBER_RECHECK_MS)}; under a lease each second`],
		],
	);

const keys = () =>
	table(
		['of keys', 'limit'],
		[
			[
				'values encrypted under one version of a data key',
				`${number(MAX_SEALED_VALUES)}; then the next version is made`,
			],
			['unwrapped keys that verify rights, in memory', number(MAX_RIGHTS_KEYS)],
			[
				'life of an unwrapped key in memory',
				`${number(SETTING_GROUPS.Keys.FIRMSEAL_KEY_CACHE_SECONDS.parse(undefined))} s (\`FIRMSEAL_KEY_CACHE_SECONDS\`)`,
			],
			['uses of an unwrapped content key in memory', number(MAX_CACHED_KEY_USES)],
			[
				'calls of the key service at once',
				`${number(MAX_CONCURRENT_CALLS)}; while it is overloaded ${number(MAX_THROTTLED_CALLS)}, and 1 in an operator's process`,
			],
		],
	);

const leases = () =>
	table(
		['of a lease', 'limit'],
		[
			['minutes', `${number(MAX_MINUTES)}; ${number(DEFAULT_MINUTES)} unless asked for`],
			['coordinates', number(MAX_COORDINATES)],
			['records', number(MAX_RECORDS)],
			['read budget', `${number(MAX_READ_BUDGET)}, or none`],
			['approvals', number(MAX_APPROVALS)],
			['hours until an unused request lapses', number(MAX_REQUEST_AGE_HOURS)],
			['leases of one person that have not ended', number(MAX_OPEN_LEASES)],
			['use of a lease by one request', seconds(LEASE_DEADLINE)],
			[
				'requests under leases at once',
				`${number(MAX_LEASE_REQUESTS_PER_PERSON)} of a person, ${number(MAX_CONCURRENT_LEASE_REQUESTS)} of all; they wait ${seconds(LEASE_SLOT_TIMEOUT_MS)} at most`,
			],
		],
	);

const COUNTING = `## How it is counted

**Fields** of an answer are counted before it is made: the fields selected in a connection, times the rows asked for (${DEFAULT_ROWS} by
default). For another list of objects: times the most that it can hold (\`@limit(items:)\`; ten without). Pages within pages multiply.

**Requests a minute** count for the account. A request without a known account counts for its address (IPv6: its /64 network). An
address with too many is refused until its minute is over, whatever it sends. Wrong download tickets are counted apart, and files
asked for without a token are not counted. Behind a proxy set \`FIRMSEAL_TRUST_PROXY\`, or all its clients are one address. Each
process counts for itself: behind N processes an account has up to N times the rate.

**Requests at once.** One firm has an eighth of \`FIRMSEAL_REQUESTS_AT_ONCE\`, and a queue half as long as that setting. So a firm with
many requests waits for itself, while others are answered. Its clients together have half of the firm's share; members and clients
together three quarters, so that an owner, who can revoke and remove, always finds room. An operator, and an address whose
tokens are not known yet, has as much as a firm. A request with a new token counts for its address until the account is known, and
then for the firm. A firm gets a third of the process's connections to the database.

**Refusals.** A request without a slot, or that waited too long, is answered \`RATE_LIMITED\` with \`Retry-After\` before anything is done.
An answer over ${bytes(SMALL_MESSAGE)} keeps its request's slot until it is sent. If there is no memory for an answer over
${bytes(SMALL_ANSWER_BYTES)}, the answer is \`RATE_LIMITED\`. If the request was a mutation, its change has been made all the same.

**Request bodies** over ${bytes(SMALL_MESSAGE)}, or of unknown length, have a limit of their own: a firm, its clients or an address may send as many at
once as it may have running and waiting requests. All senders whose firm is not known may together send twice
\`FIRMSEAL_REQUESTS_AT_ONCE\`.`;

/** The limits. Most numbers are read where the code has them. */
export const limitsPage = (): string =>
	page([
		HEAD,
		'## Documents and answers',
		documents(),
		answers(),
		'## Requests',
		requests(),
		concurrency(),
		'## Files',
		files(),
		'## Keys',
		keys(),
		'## Leases',
		leases(),
		COUNTING,
	]);
