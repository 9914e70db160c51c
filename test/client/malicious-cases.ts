/**
 * What a service that is the adversary can try, each with the test in which a real client meets it. `family` is one of those in which studies
 * of password managers found attacks, or OURS: of what only this protocol has.
 */
export interface MaliciousCase {
	readonly family: Family;
	/** What the service does. */
	readonly tries: string;
	/** Below test/. */
	readonly file: string;
	/** The name of the test, without those of its groups. */
	readonly test: string;
}

type Family =
	| 'ENROLMENT'
	| 'RECOVERY'
	| 'PASSWORD_HASH'
	| 'ITEMS'
	| 'METADATA'
	| 'LEGACY'
	| 'SHARING'
	| 'ROLLBACK'
	| 'OURS';

const [LOG, ROWS, UPDATES, KEYS, JOINING, RECOVERY, SHARES, HISTORY, KEPT, DECISIONS, PASSPHRASE] = [
	'malicious-log',
	'malicious-rows',
	'malicious-updates',
	'malicious-keys',
	'joining',
	'recovery',
	'recovery-shares',
	'malicious-history',
	'kept',
	'decisions',
	'passphrase',
].map((name) => `client/vault/${name}.test.ts`) as [
	string,
	string,
	string,
	string,
	string,
	string,
	string,
	string,
	string,
	string,
	string,
];
const GRANTS = 'client/vault/malicious-grants.test.ts';
/** Of what the links show and send, whatever a device opens: without one. */
const ANSWERS = 'client/hostile-answers.test.ts';
const API = 'client/connection/lying-api.test.ts';
const PROPOSING = 'client/connection/proposing.test.ts';
const OWN = 'client/vault/own-decisions.test.ts';
const RUNNING = 'clients/lying-answers.soak.test.ts';
const WORKER = 'client/worker/in-chromium.test.ts';

const cases = (family: Family, ...list: readonly (readonly [tries: string, file: string, test: string])[]) =>
	list.map(([tries, file, test]): MaliciousCase => ({ family, tries, file, test }));

export const MALICIOUS_CASES: readonly MaliciousCase[] = [
	...cases(
		'ENROLMENT',
		[
			'adds a device of its own to a person, so that keys are wrapped to it',
			LOG,
			'a device that the service adds by a device of its own is refused',
		],
		[
			'enrols people, changes roles and rotates keys in the name of the firm',
			HISTORY,
			'no entry of any kind that a device of the service signed is believed',
		],
		[
			'exchanges the keys of a device while it joins',
			JOINING,
			'the screens show two codes if the service exchanges the log, the challenge or the new device',
		],
		[
			'shows a new device a firm of its own, so that what it writes is sealed for the service',
			JOINING,
			'a new device believes only the log that was compared, and only with itself in it',
		],
		[
			'asks a device to wrap keys for a recipient that it chooses',
			KEYS,
			'a device that lacks a wrap is named, and another device makes it, only for devices that the log entitles',
		],
		[
			'puts its recipient among those of a new key',
			HISTORY,
			'a new key is wrapped for the devices of the log only, whatever recipients the service has wraps for',
		],
	),
	...cases(
		'RECOVERY',
		['sets a recovery key of its own for an owner', LOG, 'another recovery key of an owner is refused'],
		[
			'exchanges a recovery key on its way to the person who signs it',
			DECISIONS,
			'ways of recovery that were swapped on their way are not signed by the device of their person',
		],
		[
			'shows a log of its own to someone who has only a recovery code left',
			RECOVERY,
			'a log that the service made does not recover a device, with or without the statement of the code',
		],
		[
			'collects shares of a recovery key for a device of its own',
			SHARES,
			'shares recover nothing in a log whose code was not compared',
		],
		[
			'has shares made for a device that a holder lost meanwhile, or not for one that they got',
			SHARES,
			'shares are refused if a holder changes device or is no longer an owner before they are in the log',
		],
		[
			'has a share combined after a challenge whose code no one compared',
			SHARES,
			'shares recover nothing before the person has said of each holder that the codes are the same',
		],
		[
			'shows someone who recovers by shares a history that one of the holders does not have',
			SHARES,
			'shares recover nothing in a log without the history that one of the holders has',
		],
		[
			'spoils a recovery by a false share, with a holder who lies',
			SHARES,
			'a false share of a holder who lies spoils no recovery for which there are true ones enough',
		],
		[
			'uses a code that was used, or that of someone else',
			RECOVERY,
			'a wrong, mistyped or used code, or that of someone else, recovers nothing',
		],
		[
			'has a class move while the owner’s only code was never written down',
			OWN,
			'stays one when another code is made and not used, or cannot be',
		],
	),
	...cases(
		'PASSWORD_HASH',
		[
			'gives out a device file with little work, so that the passphrase is guessed, or with endless work',
			PASSPHRASE,
			'a device file with less or more work than the format allows is refused before any work',
		],
		[
			'gives out the device file of another firm or person',
			PASSPHRASE,
			'a device file of another firm or person is refused, and so are secrets that are none',
		],
	),
	...cases(
		'ITEMS',
		['exchanges values of two columns or records', ROWS, 'an envelope of another record or column is refused'],
		[
			'moves a value to where a member stamps it',
			ROWS,
			'an envelope in another place does not open, though a member stamped it there',
		],
		['mixes values of two revisions', ROWS, 'columns of two revisions are not mixed'],
		['removes a value, or adds one', ROWS, 'a column that is nulled is refused, and so is one that is filled'],
		['makes records of what is public', ROWS, 'a stamp that its author did not sign, or that is malformed, is refused'],
		['changes bits of a value', ROWS, 'a plain value, one that the platform sealed, and any changed bit are refused'],
		[
			'has a message sealed under the key of another thread, which it shares',
			UPDATES,
			'the service cannot have a message sealed under the key of another thread',
		],
	),
	...cases(
		'METADATA',
		[
			'calls content an address, a name or another field that is sent or shown elsewhere',
			ANSWERS,
			'cannot show content as metadata of another type',
		],
		[
			'gives content the id or type of another object, so that a cache files it there',
			ANSWERS,
			'shows nothing of an object that has %s, so that no cache files it there',
		],
		[
			'has the program fetch an address that holds content',
			WORKER,
			'is unlocked by a passkey, writes and reads; the worker has no network, and nothing in plaintext is kept',
		],
		['shows content of another firm', ROWS, 'a record of another firm, type or class is refused'],
	),
	...cases(
		'LEGACY',
		['answers plain values, or values of the suite before', RUNNING, 'shows nothing by %s'],
		[
			'says that nothing is encrypted, so that the next value is sent plain',
			RUNNING,
			'gets no plain value by saying that the firm has no key log, or that the class is the platform’s',
		],
		[
			'keeps a device in the state before a class moved, so that it sends plain values',
			API,
			'that keeps an old state of the firm gets no mutation, which could have plain values of a class that moved',
		],
		['answers a value without its envelope', ANSWERS, 'shows nothing by %s'],
	),
	...cases(
		'SHARING',
		[
			'exchanges the public key of someone with whom a key is shared',
			LOG,
			'another key in the statement of a device is refused',
		],
		[
			'gives a public key with which every secret is the same',
			LOG,
			'an exchange key of small order is refused, though its device and an owner signed it',
		],
		[
			'wraps a key of its own, or exchanges wraps',
			KEYS,
			'wraps that are forged, of another key, or not allowed open nothing, and the true ones beside them do',
		],
		[
			'grafts a share: entries, wraps, values and stamps of a client’s sub-log',
			GRANTS,
			'a share that is grafted onto the firm opens nothing, and neither do its entries, wraps, values and stamps',
		],
		[
			'replays a lease onto content in custody of the firm',
			GRANTS,
			'a lease that is replayed onto content in custody of the firm opens nothing: not by its grant, its wraps, or values under its key',
		],
		['repeats what two owners agreed to once', LOG, 'an agreement that was used before is refused'],
		[
			'repeats the messages of a joining',
			HISTORY,
			'the messages of a joining that the service recorded add no second device',
		],
	),
	...cases(
		'ROLLBACK',
		[
			'serves an older manifest of the program',
			'client/vault/releases.test.ts',
			'a service that serves an older release of the application than the firm trusts is refused: nothing opens',
		],
		[
			'answers an older revision of a record',
			ROWS,
			'an older revision is refused, also after a restart, and others are opened',
		],
		[
			'has a change sealed onto an older revision',
			RUNNING,
			'gets no second version sealed onto an older row that it shows',
		],
		['shows an older key log', LOG, 'an older log is refused after a restart, with the checkpoint of that time'],
		[
			'has written a device’s own store back',
			KEPT,
			'a record that is replaced by an older copy is refused after a restart',
		],
	),
	...cases(
		'OURS',
		['forks the key log', LOG, 'a fork of the log is refused, though an owner signed it'],
		[
			'shows two devices two logs',
			HISTORY,
			'two devices that the service keeps apart show two safety numbers, and never believe the log of the other again',
		],
		['drops an entry', LOG, 'a log without one of its entries is refused'],
		['reorders entries', LOG, 'a log in another order is refused'],
		['begins the log again', HISTORY, 'a key log that the service begins once more for the same firm is refused'],
		['shows the log of another firm', LOG, 'a log of another firm is refused'],
		['shows a head that the device does not have', ROWS, 'a stamp at a head that the device does not have is refused'],
		['freezes the log', LOG, 'nothing is sealed after a checkpoint that is not of exactly this log, or not of now'],
		['lies about members', LOG, 'people are those of the log, not those whom the service names'],
		['exchanges names', LOG, 'names that the log does not commit to are not shown'],
		['lies about custody', LOG, 'a custody that one of two owners set alone is refused'],
		[
			'pretends that a notice was given',
			RECOVERY,
			'an entry that rests on a notice stops each device until it has known the notice for 72 hours',
		],
		['answers another record than was asked for', ROWS, 'another record in answer to an id is refused'],
		['answers two contents of one revision', ROWS, 'two contents of one revision are refused'],
		['has values sealed under a key that someone left with', UPDATES, 'nothing is sealed under a stale key'],
		[
			'writes with a device that was revoked',
			ROWS,
			'a stamp by someone who was removed is refused; one from before is marked, unless the device has seen it',
		],
		[
			'locks a record by a high revision',
			ROWS,
			'a high revision by someone who was removed does not lock the row, and is marked',
		],
		['uses up the numbers of keys', DECISIONS, 'the service cannot use up the numbers of keys'],
		[
			'has an owner agree to what a false sentence describes',
			DECISIONS,
			'an owner who agrees reads what the own vault says about it, not what the proposal says',
		],
		[
			'shows an owner a decision of its own as one that the owner proposed, with the agreement of a hostile owner',
			OWN,
			'is completed only by the device that proposed it, also after a restart',
		],
		[
			'gives a notice in the place of the agreement of a second owner',
			PROPOSING,
			'gets no entry for %s in the place of the agreement of a second owner',
		],
		[
			'exchanges a decision between the reading and the agreement',
			PROPOSING,
			'between the reading and the agreement gets a signature of what was read only',
		],
		[
			'shows once more what was decided or withdrawn, as the proposal of its owner',
			OWN,
			'is completed once: the same decision has to be proposed again',
		],
		[
			'takes the entry of an announced decision before its 72 hours are over',
			OWN,
			'is completed 72 hours after the device first saw it in the log, whatever the service allows',
		],
		[
			'has another device of the owner complete what a stolen one announced',
			OWN,
			'is not completed by another device, which could have been told to',
		],
		[
			'has someone take a name that reads like a sentence of the vault',
			DECISIONS,
			'a name that %s does not pass for the words of the own vault',
		],
		[
			'gives instructions to the person in an error',
			API,
			'the service’s own words are not shown, because they could be instructions to the person',
		],
		['answers without end', API, 'that never says that the log ends is not read for ever'],
	),
];

const [BROWSER, STORE] = [
	'client/worker/in-chromium.soak.test.ts',
	'client/worker/store-in-chromium.soak.test.ts',
] as const;

/** What happens to people without an attacker, in the same form. */
export const MISHAPS: readonly Pick<MaliciousCase, 'tries' | 'file' | 'test'>[] = (
	[
		['a device is lost', DECISIONS, 'a lost device is revoked, and the keys that it had seal nothing any more'],
		[
			'all devices are lost',
			RECOVERY,
			'with the code, a new device opens everything again, once its person confirms what it shows',
		],
		[
			'all devices and the code are lost',
			'client/vault/recovery.soak.test.ts',
			'owners give a colleague who has lost everything a way back in, each with the code compared',
		],
		[
			'the recovery code is wrong',
			RECOVERY,
			'a wrong, mistyped or used code, or that of someone else, recovers nothing',
		],
		[
			'two owners decide at once',
			DECISIONS,
			'two owners who decide at once: the second reads the log again and decides then',
		],
		[
			'IndexedDB is cleared',
			STORE,
			'if a person clears what the browser keeps of this page, nothing is sealed any more',
		],
		['the clock is wrong', BROWSER, 'with a clock that is an hour wrong, the device reads and does not write'],
		[
			'the browser is killed in the middle of re-sealing',
			'clients/resealing-in-chromium.soak.test.ts',
			'that is killed in the middle, before and after the service stores a part, goes on to zero and loses nothing',
		],
		[
			'the connection ends in the middle of re-sealing',
			'client/connection/resealing.test.ts',
			'may be stopped anywhere, by a failing service too, and shared: it continues, and loses nothing',
		],
		[
			'the worker crashes',
			BROWSER,
			'a worker that ends while it seals rejects that call once, and the next call starts another',
		],
		[
			'the browser has no room left',
			STORE,
			'if the room ends, a row is still sealed, which keeps nothing; none is opened, and later the same one is',
		],
		[
			'the browser has an older version than before',
			STORE,
			'what a newer version of the application wrote is left alone, and the person is told',
		],
	] as const
).map(([tries, file, test]) => ({ tries, file, test }));
