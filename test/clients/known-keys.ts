import {
	importDevice,
	type KeyLog,
	openDeviceFile,
	openWrap,
	parseDeviceFile,
	parseWrap,
	readKeyLog,
} from '../../src/custody/index.ts';
import type { Ask } from '../support/ask.ts';
import type { Person } from '../support/person.ts';

interface StoredFile {
	/** As the browser keeps it. */
	readonly file: Uint8Array;
	/** What unlocks it. */
	readonly secret: string;
	readonly firm: string;
	readonly person: string;
}

/** Bytes of keys by name: the private keys of a device, as a thief of its passkey has them, and the data keys that it opens. */
export async function knownKeys(
	stored: StoredFile,
	ask: Ask,
	token: Person,
): Promise<Readonly<Record<string, Buffer>>> {
	const { file, secret, firm, person } = stored;
	const { seed } = parseDeviceFile(await openDeviceFile(file, new TextEncoder().encode(secret), { firm, person }));
	const keys: Record<string, Buffer> = { exchange: Buffer.from(seed.exchange), signing: Buffer.from(seed.signing) };
	const recipient = await importDevice(seed);
	const { data } = await ask(token, '{ keyLog(first: 200) { entries } }');
	const log = (await readKeyLog(data.keyLog.entries)) as KeyLog;
	const query = 'query ($class: String!, $recipient: String!) { keyWraps(class: $class, recipient: $recipient) }';
	for (const [name, { versions }] of log.classes) {
		const answer = await ask(token, query, { class: name, recipient: recipient.id });
		const wrap = parseWrap(answer.data.keyWraps[0]);
		const wrapperSigning = Buffer.from(log.devices.get(wrap.wrapper)?.signing as string, 'base64');
		const commitment = Buffer.from(versions.get(wrap.version)?.commitment as string, 'base64');
		const opened = await openWrap({ wrap, firm, recipient, wrapperSigning, commitment });
		keys[`data key of ${name}`] = Buffer.from(opened);
	}
	return keys;
}
