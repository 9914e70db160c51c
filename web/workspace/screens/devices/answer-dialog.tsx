import { useRef, useState } from 'react';
import type { AnsweringSteps } from '../../../../src/client/connection/index.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { Dialog, ErrorNote, focusHere, SelectField, useSave } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useDevice } from '../../device/device-context.ts';
import { JoiningCode } from '../../device/joining-code.tsx';
import { oneAtATime } from '../../device/one-at-a-time.ts';
import { useViewer } from '../../viewer.ts';
import { type FirmPerson, useFirmPeople } from './use-firm-people.ts';

const KINDS = ['KEY_LOG'];

interface AnswerDialogProps {
	readonly steps: AnsweringSteps;
	readonly request: { readonly id: string; readonly commitment: string };
	readonly onClose: () => void;
}

/** No owner adds a device of another one: the key log refuses it. */
const OWNERS_COME_BY =
	'This person is an owner, and no one else lets a device of an owner in. They use another device of their own, their recovery code, or shares that owners hold for them.';
const MARK_IT =
	'This person is an owner, whose device you cannot let in. If they have lost all their devices and ask for your share, mark that first. Otherwise press “They differ”, and nothing happens.';

/** People who share a name are told apart by the end of the id, as elsewhere. */
function nameInList({ id, name, isKnown }: FirmPerson, people: readonly FirmPerson[]): string {
	const isShared = people.some((each) => each.name === name && each.id !== id);
	const words = isShared ? `${name} …${id.slice(-8)}` : name;
	return isKnown ? words : `${words} (joins the key log with it)`;
}

type Checked = NonNullable<Awaited<ReturnType<AnsweringSteps['check']>>>;

/** The side of a device that the firm has: the person says whose device it is, compares the code, and lets it in. */
export function AnswerDialog({ steps, request, onClose }: AnswerDialogProps) {
	const { firmseal, state, act } = useDevice();
	const viewer = useViewer();
	const people = useFirmPeople(state);
	const [person, setPerson] = useState('');
	const [isWaiting, setWaiting] = useState(false);
	const [checked, setChecked] = useState<Checked | null>(null);
	const [isShare, setShare] = useState(false);
	const [failure, setFailure] = useState<unknown>(null);
	const [run] = useState(oneAtATime);
	const isChecked = useRef(false);
	const other = state.people.find((each) => each.person === person && person !== viewer.id);
	const isOtherOwner = other?.role === 'OWNER';
	const holdsShare = other?.recovery.includes('OWNERS') === true;
	const answering = useSave(async () => {
		const chosen = people.find(({ id }) => id === person);
		if (chosen === undefined) throw new Error('Choose first whose device it is.');
		if (isOtherOwner && !holdsShare) throw new Error(OWNERS_COME_BY);
		const { vault } = firmseal.connection.parts;
		if (!chosen.isKnown)
			await act((connection) => connection.append(() => vault.addMember({ person, name: chosen.name })));
		await act(() => steps.answer(request, person));
		setWaiting(true);
		await check();
	});
	const check = () =>
		run(async () => {
			if (isChecked.current) return;
			const found = await steps.check(request.id);
			setFailure(null);
			if (found === null) return;
			isChecked.current = true;
			setWaiting(false);
			setChecked(found);
		}).catch(setFailure);
	useLive(KINDS, async () => {
		if (isWaiting) await check();
	});
	const approve = useSave(async () => {
		if (isOtherOwner) throw new Error(MARK_IT);
		await act(() => steps.approve(request.id));
		onClose();
	});
	const release = useSave(async () => {
		await act(() => steps.release(request.id));
		onClose();
	});
	const refuse = useSave(async () => {
		await steps.refuse(request.id);
		onClose();
	});
	const error = failure ?? answering.error ?? approve.error ?? release.error ?? refuse.error;
	const options = people
		.filter(({ id }) => viewer.role === 'OWNER' || id === viewer.id)
		.map((each) => [each.id, nameInList(each, people)] as const);
	return (
		<Dialog title="Let a device in" onClose={onClose}>
			{error !== null && <ErrorNote error={error} />}
			{checked === null && !isWaiting && (
				<form className="stack" onSubmit={answering.submit}>
					<p>Whose device is it? Choose the person who told you about it, and who has its screen before them now.</p>
					<SelectField label="Person" value={person} options={options} none="Choose …" onChange={setPerson} />
					<div className="row">
						<button type="submit" className="primary" aria-disabled={answering.isSaving}>
							{answering.isSaving ? 'One moment …' : 'Show the code'}
						</button>
						<button type="button" onClick={onClose}>
							Cancel
						</button>
					</div>
				</form>
			)}
			{isWaiting && (
				<>
					<p role="status">Waiting for the new device …</p>
					<div>
						<button type="button" ref={focusHere} onClick={onClose}>
							Cancel
						</button>
					</div>
				</>
			)}
			{checked !== null && (
				<>
					<p>
						A device of <VisibleText text={checked.name ?? 'a person without a name'} /> wants to join.
					</p>
					{holdsShare && (
						<label className="choice">
							<input type="checkbox" checked={isShare} onChange={({ target }) => setShare(target.checked)} />
							<span>
								<strong>They have lost all their devices</strong>{' '}
								<span className="quiet">
									Release the share that I hold for them, and do not let the device in myself.
								</span>
							</span>
						</label>
					)}
					<JoiningCode
						code={checked.code}
						onSame={isShare ? release.submit : approve.submit}
						onDifferent={refuse.submit}
					/>
				</>
			)}
		</Dialog>
	);
}
