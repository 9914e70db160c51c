import { KeyLogError, type KeyLogRule } from './key-log-error.ts';

/** What breaks each rule, in words for people. A page loads them with the first refusal. */
const SENTENCES: Readonly<Record<KeyLogRule, string>> = {
	length: 'is longer than 65,536 bytes. Name fewer records or devices.',
	json: 'is not canonical JSON. Write it with the library.',
	shape: 'does not have exactly the keys, types and sizes of its kind. Write it with the library.',
	firm: 'belongs to another firm. Sign it for the firm of this log.',
	beginning: 'is not a beginning of a log, or is a second one. A log has one, as entry 0.',
	statement: 'contains a device statement that its device did not sign for this log and person. Make a new statement.',
	'device-kind': 'contains a device statement of the wrong kind. Make one of the right kind.',
	'device-again': 'adds a device that the log has had before. Make new keys for the device.',
	'device-limit': 'gives a person more than 16 active devices. Revoke one first.',
	'devices-named': 'names a device that is not active, or is of another person or kind. Read the log again.',
	'last-device': 'takes the last device of an owner without a way of recovery. Set a way of recovery first.',
	'person-unknown': 'names a person who is not in the log. Add the person first.',
	'person-known': 'adds a person who is in the log. Read the log again.',
	'person-limit': 'gives the firm more than 1,000 people. Remove one first.',
	'role-same': 'gives a person the role that the person has. Read the log again.',
	'role-devices': 'does not name all active devices of the new owner, who needs one. Read the log again.',
	'last-owner': 'removes the last owner. Make someone else an owner first.',
	holders: 'gives shares of a recovery key to someone who is not another owner. Choose other owners.',
	'class-limit': 'gives the log more than 16 classes. Use the classes that it has.',
	'class-unknown': 'names a class without a data key. Generate the data key first.',
	version: 'has a version of the data key that is not the next one. Read the log again.',
	'version-unknown': 'retires a version that does not exist or is retired. Read the log again.',
	'version-newest': 'retires the newest version of a class. Generate the next one first.',
	'custody-step': 'moves a class into a custody that does not follow its present one. Read the log again.',
	'custody-key': 'moves a class that has no fresh data key. Generate the next version first.',
	'custody-ways': 'needs two devices or ways of recovery for each owner. Let each owner set a second one.',
	'lease-again': 'grants a lease that the log has granted before. Grant a new lease.',
	'agreement-needless': 'has an agreement that its kind does not need. Leave it out.',
	order: 'does not follow the last entry of the log, because another came first. Read the log again, then sign again.',
	signer: 'is signed by a device that the log does not have. Add the device first.',
	revoked: 'is signed by a device that is revoked. Use another device.',
	signature: 'has a signature that does not verify. Sign it again.',
	recovery: 'is signed by a recovery key, which only adds devices of its own person, once. Use another device.',
	owner: 'is one that only a device of an owner signs. Ask an owner.',
	person: 'is one that only a device of the same person signs, or of an owner where that is enough. Use such a device.',
	entitled: 'names a class that its device may not read. Ask an owner.',
	staff: 'is one that only staff signs. Ask someone of the staff.',
	'one-owner': 'is a notice in a log with several owners. Ask another owner to agree.',
	agreement: 'needs the agreement of a second owner, or what stands for it in a firm of one. Get the agreement first.',
	'agreement-device': 'has the agreement of a device that may not agree to it. Ask another owner.',
	'agreement-head': 'has an agreement to another history of the log. Ask for a new agreement.',
	'agreement-void': 'has an agreement that a later entry used or made void. Ask for a new agreement.',
	'agreement-signature': 'has an agreement that its device did not sign for this entry. Ask for a new agreement.',
	notice: 'rests on a notice that does not exist, or has another content or author. Give a new notice.',
	'notice-void': 'rests on a notice that a later entry used or made void. Give a new notice.',
};

/** The entry and what is wrong with it, in a sentence. */
export const sentenceOf = ({ rule, seq }: Pick<KeyLogError, 'rule' | 'seq'>): string =>
	`${seq === null ? 'An entry' : `Entry ${seq}`} of the key log ${SENTENCES[rule]}`;

/** The same promise; a KeyLogError with which it rejects has its sentence as message. */
export async function inWords<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		if (error instanceof KeyLogError) error.message = sentenceOf(error);
		throw error;
	}
}
