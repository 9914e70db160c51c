import { useId } from 'react';
import type { Support } from '../../../src/client/connection/index.ts';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { Field } from '../../kit/parts/index.ts';
import { NOTICE_HOURS, supportsOf } from './decide.ts';

interface SupportFieldsProps {
	readonly state: VaultState;
	readonly support: Support;
	readonly onChange: (support: Support) => void;
}

const MEANINGS: Readonly<Record<Support['by'], string>> = {
	SECOND_OWNER:
		'Another owner has to agree on their own device. Until then, the decision waits under “Decisions that wait”.',
	CODE: 'You are the only owner, so your recovery code stands for a second one. The decision counts at once.',
	NOTICE: `You are the only owner, so all devices of the firm are told first. The decision waits for ${NOTICE_HOURS} hours, in which it can be seen, and then you complete it here.`,
};
const LABELS = { CODE: 'By your recovery code', NOTICE: `By a notice of ${NOTICE_HOURS} hours` } as const;

/** Who beside the one owner makes the decision. */
export function SupportFields({ state, support, onChange }: SupportFieldsProps) {
	const name = useId();
	const kinds = supportsOf(state);
	if (kinds.length === 1) return <p className="note">{MEANINGS[support.by]}</p>;
	return (
		<fieldset className="stack tight">
			<legend>How it is decided</legend>
			{(['CODE', 'NOTICE'] as const).map((by) => (
				<label key={by} className="choice">
					<input
						type="radio"
						name={name}
						checked={support.by === by}
						onChange={() => onChange(by === 'CODE' ? { by, code: '' } : { by })}
					/>
					<span>
						<strong>{LABELS[by]}</strong> <span className="quiet">{MEANINGS[by]}</span>
					</span>
				</label>
			))}
			{support.by === 'CODE' && <CodeField code={support.code} onChange={(code) => onChange({ by: 'CODE', code })} />}
		</fieldset>
	);
}

interface CodeFieldProps {
	readonly code: string;
	readonly onChange: (code: string) => void;
}

/** A recovery code from paper. Nothing keeps it, and no browser offers to. */
export const CodeField = ({ code, onChange }: CodeFieldProps) => (
	<Field label="Recovery code" hint="32 characters. Hyphens, spaces, and small or capital letters make no difference.">
		{(control) => (
			<input
				{...control}
				className="mono"
				autoComplete="off"
				autoCapitalize="characters"
				spellCheck={false}
				required
				value={code}
				onChange={({ target }) => onChange(target.value)}
			/>
		)}
	</Field>
);

/** What a decision begins with: the quickest way. */
export function firstSupport(state: VaultState): Support {
	const [by = 'NOTICE'] = supportsOf(state);
	return by === 'CODE' ? { by, code: '' } : { by };
}
