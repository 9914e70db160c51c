import type { Act } from '../audit/index.ts';
import type { DataKeyEvent } from '../keys/index.ts';

/** What the log says of a call of the keyring. */
export function keyEventAct(event: DataKeyEvent): Act {
	const { firm, class: keyClass, version, requestId } = event;
	const action = event.call === 'generate' ? 'key.generate' : 'key.unwrap';
	const key = { class: keyClass, version, source: 'KEYRING', requestId } as const;
	return event.outcome === 'ok'
		? { action, firm, keys: [key] }
		: { action, firm, keys: [key], decision: 'FAILED', reason: event.outcome };
}
