import { useState } from 'react';
import { useLocation } from 'wouter';
import { Empty, ErrorNote, focusHere, SaveButton, useLeaveGuard, useSave, useTitle } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { ClientField, NoPortalPeople } from '../../clients/index.ts';
import { isStaff, useViewer } from '../../viewer.ts';
import { Audience } from './audience.tsx';
import { isTooLong, MessageForm, NO_MESSAGE } from './message-form.tsx';
import { useStartThread } from './use-start-thread.ts';

/** Starts a thread with its first message, and shares it with its client if asked to. */
export function NewThread() {
	useTitle('Start a thread');
	const viewer = useViewer();
	const [, navigate] = useLocation();
	const [client, setClient] = useState({ id: '', name: '' });
	const [isShared, setShared] = useState(false);
	const [values, setValues] = useState(NO_MESSAGE);
	const { start, hasStarted } = useStartThread();
	const letGo = useLeaveGuard(values.subject !== '' || values.body !== '');
	const { isSaving, error, submit } = useSave(async () => {
		if (isTooLong(values) || values.body.trim() === '') return;
		const id = await start({ clientId: client.id || null, isShared, values });
		letGo();
		navigate(`/threads/${id}`, { replace: true });
	});
	if (!isStaff(viewer)) {
		return (
			<Empty>
				<h1>Only the firm starts threads</h1>
				<p>You can answer in those that the firm shares with you.</p>
			</Empty>
		);
	}
	const willShare = isShared && client.id !== '';
	return (
		<>
			<header>
				<h1>Start a thread</h1>
			</header>
			<form className="stack reading" onSubmit={submit}>
				{hasStarted ? (
					client.id !== '' && (
						<p>
							About <VisibleText text={client.name} />. The thread is begun, so this stays.
						</p>
					)
				) : (
					<ClientField
						label="About client"
						none="No client"
						value={client.id}
						onChange={(id, name) => setClient({ id, name })}
					/>
				)}
				{client.id !== '' && (
					<label className="choice">
						<input
							type="checkbox"
							checked={isShared}
							disabled={isSaving}
							onChange={({ target }) => setShared(target.checked)}
						/>
						<span>
							Share with <VisibleText text={client.name} />: everyone who signs in for them can read this thread and
							write in it
						</span>
					</label>
				)}
				<MessageForm
					values={values}
					isReadOnly={isSaving}
					onChange={(part) => setValues((before) => ({ ...before, ...part }))}
					first={focusHere}
				/>
				{willShare && <NoPortalPeople clientId={client.id} />}
				<Audience clients={willShare ? [{ ...client, status: 'ACTIVE' }] : []} />
				{error !== null && <ErrorNote error={error} />}
				<div className="row">
					<SaveButton label="Start thread" isSaving={isSaving} />
					<a className="button" href="#/threads">
						Cancel
					</a>
				</div>
			</form>
		</>
	);
}
