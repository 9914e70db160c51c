import type { AgreedKind, KeyLog, KeyLogBody } from '../../custody/index.ts';
import type { Session } from './session.ts';

/** Puts people into words. */
type Naming = (person: string) => string;

type Summaries = {
	/** A heading per kind, which no name can take the place of, and what is to be. */
	readonly [K in AgreedKind]: (body: KeyLogBody<K>, nameOf: Naming, log: KeyLog) => readonly [string, string];
};

const CUSTODIES = {
	BACK: 'be given back to the platform, step by step',
	FIRM: 'be opened by devices of the firm only',
	MOVING: 'move into custody of the firm, step by step',
	PLATFORM: 'be opened by the platform for members',
} as const;

const SUMMARIES: Summaries = {
	'custody.set': (body) => [
		'Change of custody',
		`content of the class ${body.class} is to ${CUSTODIES[body.custody]}.`,
	],
	'device.revoke': ({ devices }, nameOf, log) => {
		const people = new Set(devices.map((id) => log.devices.get(id)?.person));
		const of = [...people].map((person) => (person === undefined ? 'no one in the firm' : nameOf(person)));
		const ids = devices.map((id) => id.slice(0, 16)).join(', ');
		return ['Removal of devices', `${ids}, of ${of.join(' and ')}, are to be removed from the firm.`];
	},
	'key.retire': (body) => [
		'Retirement of a key',
		`version ${body.version} of the data key of ${body.class} is to be retired, and nothing under it opens again.`,
	],
	'member.remove': ({ person }, nameOf, log) => [
		log.people.get(person)?.role === 'OWNER' ? 'Removal of an owner' : 'Removal of a member',
		`${nameOf(person)} is to be removed from the firm.`,
	],
	'member.role': ({ person, role }, nameOf) => [
		'Change of role',
		role === 'OWNER'
			? `${nameOf(person)} is to become an owner, who reads everything and decides with you.`
			: `${nameOf(person)} is to be a member, and an owner no longer.`,
	],
	'recovery.set': ({ person, ways }, nameOf) => [
		'Change of recovery',
		ways.length === 0
			? `${nameOf(person)} is to have no way of recovery.`
			: `${nameOf(person)} is to have these ways of recovery, and no others: ${ways.map((way) => wayInWords(way, nameOf)).join(', ')}.`,
	],
	'release.trust': ({ manifests }) => [
		'Trust in releases',
		manifests.length === 0
			? 'the firm is to trust no release of the application: no page can open anything.'
			: `the firm is to trust these releases of the application, and no others: ${manifests.join(', ')}.`,
	],
	'witness.policy': () => ['Change of witnesses', 'the firm is to require other witnesses of its key log.'],
};

const wayInWords = (way: KeyLogBody<'recovery.set'>['ways'][number], nameOf: Naming): string =>
	way.way === 'CODE'
		? 'a recovery code'
		: `shares of which any ${way.k} of these owners bring them back: ${way.holders.map(nameOf).join(', ')}`;

/** What a proposal means, in a sentence. Names are those that the log commits to. */
export function summaryOf<K extends AgreedKind>(
	{ names, log }: Pick<Session, 'names' | 'log'>,
	kind: K,
	body: KeyLogBody<K>,
): string {
	const [heading, meaning] = SUMMARIES[kind](body, (person) => inWords(names, person), log);
	return `${heading}: ${meaning}`;
}

/** Characters of a name in a sentence. */
const LONGEST = 100;

/** A person chooses their name, which could read like a sentence of ours: so it is quoted, bounded, and the id stands beside it. */
function inWords(names: Session['names'], person: string): string {
	const name = names.get(person)?.name;
	if (name === undefined) return `someone whose name is not known here (person ${person})`;
	const isShared = [...names.values()].some((other) => other.name === name && other.person !== person);
	const quoted = Array.from(name.replaceAll(/["“”„‟«»]/g, "'"));
	const short = quoted.slice(0, LONGEST).join('') + (quoted.length > LONGEST ? '…' : '');
	return `“${short}” (person ${person}${isShared ? '; another person has the same name' : ''})`;
}
