import { recordKey, type SharedRecord } from '../bodies.ts';
import type { KeyLog, LogDevice } from '../key-log.ts';
import { KeyLogError } from '../key-log-error.ts';
import { isEntitledToAll } from '../queries.ts';
import { type LogRule, requireOwner, withEntry } from './rule.ts';

export const beginShare: LogRule<'share.begin'> = (log, { body, seq }, signer) => {
	requireEntitled(log, body.records, signer, seq);
	const anchors = log.subLogs.get(body.log) ?? [];
	const { head, records } = body;
	return { subLogs: withEntry(log.subLogs, body.log, [...anchors, { by: seq, seq: body.seq, head, records }]) };
};

/** Begins a new generation of each record. */
export const endShare: LogRule<'share.end'> = (log, { body, seq }, signer) => {
	requireEntitled(log, body.records, signer, seq);
	return { generations: log.generations.add(body.records.map(recordKey), seq) };
};

/** Begins a new generation of each record. */
export const grantLease: LogRule<'lease.grant'> = (log, { body, seq }, signer) => {
	requireOwner(log, signer, seq);
	requireEntitled(log, body.records, signer, seq);
	if (log.leases.has(body.lease)) throw new KeyLogError('lease-again', seq);
	const { device, hash, records } = body;
	return {
		leases: withEntry(log.leases, body.lease, { seq, device, hash, records }),
		generations: log.generations.add(records.map(recordKey), seq),
	};
};

/** Without a data key there is nothing to share. The rule also keeps a MEMBER from using up the names of classes. */
function requireEntitled(log: KeyLog, records: readonly SharedRecord[], signer: LogDevice, seq: number): void {
	if (!isEntitledToAll(log, signer, records)) throw new KeyLogError('entitled', seq);
	if (!records.every((record) => log.classes.has(record.class))) throw new KeyLogError('class-unknown', seq);
}
