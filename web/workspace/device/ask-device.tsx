import { type ReactNode, useRef, useState } from 'react';
import { JoiningSteps } from '../../../src/client/connection/index.ts';
import { useLive } from '../../kit/events/use-live.ts';
import { ErrorNote, useSave } from '../../kit/parts/index.ts';
import { useDevice } from './device-context.ts';
import { JoiningCode } from './joining-code.tsx';
import { oneAtATime } from './one-at-a-time.ts';

const KINDS = ['KEY_LOG'];

type Step = 'BEFORE' | 'ASKED' | 'COMPARE' | 'AGREED';

interface AskDeviceProps {
	readonly label: string;
	/** What the person reads before they ask. */
	readonly children: ReactNode;
	/** What the other device does once its person has found the same code too. */
	readonly waiting: string;
	/** Rejects if the codes differ. Null as long as the other device has done nothing. */
	readonly last: (steps: JoiningSteps, isSameCode: boolean) => Promise<object | null>;
}

/** The side of a new device: it asks, shows a code, and goes on once the person has found the same code on both screens. */
export function AskDevice({ label, children, waiting, last }: AskDeviceProps) {
	const { firmseal } = useDevice();
	const [steps] = useState(() => new JoiningSteps(firmseal.connection));
	const [step, setShown] = useState<Step>('BEFORE');
	/** What runs next must not go by a step that is still shown. */
	const present = useRef(step);
	const [code, setCode] = useState('');
	const [failure, setFailure] = useState<unknown>(null);
	const [run] = useState(oneAtATime);
	const setStep = (next: Step) => {
		present.current = next;
		setShown(next);
	};
	const asking = useSave(async () => {
		setFailure(null);
		await steps.ask();
		setStep('ASKED');
	});
	const start = (error: unknown) => {
		setFailure(error);
		setStep('BEFORE');
	};
	const goOn = async () => {
		if (present.current === 'ASKED') {
			const shown = await steps.reveal();
			if (shown === null) return;
			setCode(shown);
			setStep('COMPARE');
		} else if (present.current === 'AGREED' && (await last(steps, true)) !== null) setStep('BEFORE');
	};
	useLive(KINDS, () => run(goOn).catch(start));
	const differ = () =>
		run(async () => {
			if (present.current !== 'COMPARE') return;
			await last(steps, false);
			setStep('BEFORE');
		}).catch(start);
	const agree = () => {
		setStep('AGREED');
		run(goOn).catch(start);
	};
	return (
		<>
			{failure !== null && <ErrorNote error={failure} />}
			{step === 'BEFORE' && (
				<form className="stack" onSubmit={asking.submit}>
					{children}
					{asking.error !== null && <ErrorNote error={asking.error} />}
					<div>
						<button type="submit" className="primary" aria-disabled={asking.isSaving}>
							{asking.isSaving ? 'One moment …' : label}
						</button>
					</div>
				</form>
			)}
			{step === 'ASKED' && (
				<p role="status">
					Waiting for the other device … On it, open Devices and answer this request. It is open for 15 minutes.
				</p>
			)}
			{step === 'COMPARE' && <JoiningCode code={code} onSame={agree} onDifferent={differ} />}
			{step === 'AGREED' && <p role="status">Waiting for the other device … {waiting}</p>}
		</>
	);
}
