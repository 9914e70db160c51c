import { KeyLogError } from '../key-log-error.ts';
import { ownersOf } from '../queries.ts';
import { exactJson } from '../signing.ts';
import { type LogRule, requireOwner, withEntry } from './rule.ts';

export const giveNotice: LogRule<'notice'> = (log, { body, device, seq }, signer) => {
	requireOwner(log, signer, seq);
	if (ownersOf(log).length > 1) throw new KeyLogError('one-owner', seq);
	const announced = { kind: body.kind, body: exactJson(body.body), person: signer.person, device };
	return { notices: withEntry(log.notices, seq, announced) };
};

export const setWitnessPolicy: LogRule<'witness.policy'> = (log, { body, seq }, signer) => {
	requireOwner(log, signer, seq);
	return { witnessPolicy: body.policy };
};

export const trustReleases: LogRule<'release.trust'> = (log, { body, seq }, signer) => {
	requireOwner(log, signer, seq);
	return { trustedReleases: body.manifests };
};
