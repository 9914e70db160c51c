import { useState } from 'react';
import { ErrorNote, SaveButton, useSave } from '../../kit/parts/index.ts';
import { useDevice } from '../device/device-context.ts';
import { CodeField } from './support-fields.tsx';

/** The person types the newest code once, from paper. */
export function TypeCode({ onTyped }: { readonly onTyped?: () => Promise<unknown> }) {
	const { act } = useDevice();
	const [code, setCode] = useState('');
	const { isSaving, error, submit } = useSave(async () => {
		await act(({ parts }) => parts.vault.confirmRecovery({ code }));
		await onTyped?.();
	});
	return (
		<form className="card stack" onSubmit={submit}>
			<p>Type the recovery code from your paper, to show that you can read it.</p>
			<CodeField code={code} onChange={setCode} />
			{error !== null && <ErrorNote error={error} />}
			<div>
				<SaveButton label="Check the code" isSaving={isSaving} />
			</div>
		</form>
	);
}
