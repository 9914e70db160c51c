import { useEffect, useState } from 'react';
import type { VaultOperations } from '../../../src/client/vault/index.ts';
import { useDevice } from '../device/device-context.ts';

interface VaultAnswer<Answer> {
	/** Null before the first answer, and after a refusal. */
	readonly answer: Answer | null;
	readonly error: unknown;
}

/** What the vault says, asked again whenever the state of the firm changes. `ask` stays the same from one rendering to the next. */
export function useVaultAnswer<Answer>(ask: (vault: VaultOperations) => Promise<Answer>): VaultAnswer<Answer> {
	const { firmseal, state } = useDevice();
	const [given, setGiven] = useState<VaultAnswer<Answer>>({ answer: null, error: null });
	const { vault } = firmseal.connection.parts;
	// biome-ignore lint/correctness/useExhaustiveDependencies: a new state is what makes an answer old
	useEffect(() => {
		let isOld = false;
		ask(vault).then(
			(answer) => !isOld && setGiven({ answer, error: null }),
			(error: unknown) => !isOld && setGiven({ answer: null, error }),
		);
		return () => {
			isOld = true;
		};
	}, [ask, vault, state]);
	return given;
}
