import { type SubmitEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { Field } from '../../../../kit/parts/index.ts';
import { useViewer } from '../../../viewer.ts';
import { recordIdIn } from './record-id-in.ts';

/** The way to one record among many that look alike, by what the firm can tell of it: its address in the workspace. */
export function FindRecord() {
	const [, go] = useLocation();
	const [text, setText] = useState('');
	const [wrong, setWrong] = useState<string | null>(null);
	if (!useViewer().operatorRoles.includes('OPERATOR')) return null;
	function find(event: SubmitEvent) {
		event.preventDefault();
		const id = recordIdIn(text);
		if (id === null) setWrong('There is no id in it, such as 00efd2c6-8000-7000-8000-02f66e13a303.');
		else go(`/firms/record/${id}`);
	}
	return (
		<form className="find-record" onSubmit={find}>
			<Field label="Id or address, as the firm sees it in its browser" wrong={wrong}>
				{(control) => (
					<input
						{...control}
						type="search"
						spellCheck={false}
						autoComplete="off"
						value={text}
						onChange={(event) => {
							setText(event.target.value);
							setWrong(null);
						}}
					/>
				)}
			</Field>
			<button type="submit">Go to the record</button>
		</form>
	);
}
