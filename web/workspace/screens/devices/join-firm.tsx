import { useState } from 'react';
import { JoiningSteps } from '../../../../src/client/connection/index.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { ErrorNote, useSave } from '../../../kit/parts/index.ts';
import { useDevice } from '../../device/device-context.ts';
import { JoiningCode } from './joining-code.tsx';

const KINDS = ['KEY_LOG'];

type Step = 'BEFORE' | 'ASKED' | 'COMPARE' | 'AGREED';

/** The side of the new device: it asks, shows a code, and joins once the person has found the same code on both screens. */
export function JoinFirm() {
	const { device, firmseal, act } = useDevice();
	const [steps] = useState(() => new JoiningSteps(firmseal.connection));
	const [step, setStep] = useState<Step>('BEFORE');
	const [code, setCode] = useState('');
	const [failure, setFailure] = useState<unknown>(null);
	const asking = useSave(async () => {
		setFailure(null);
		await steps.ask();
		setStep('ASKED');
	});
	const start = (error: unknown) => {
		setFailure(error);
		setStep('BEFORE');
	};
	const finish = async () => {
		if ((await act(() => steps.finish(true))) !== null) await device.refresh();
	};
	const goOn = async () => {
		if (step === 'ASKED') {
			const shown = await steps.reveal();
			if (shown === null) return;
			setCode(shown);
			setStep('COMPARE');
		} else if (step === 'AGREED') await finish();
	};
	useLive(KINDS, () => goOn().catch(start));
	const differ = () => steps.finish(false).then(() => setStep('BEFORE'), start);
	const agree = () => {
		setStep('AGREED');
		finish().catch(start);
	};
	return (
		<section className="stack reading" aria-labelledby="join">
			<h2 id="join">Join your firm</h2>
			{failure !== null && <ErrorNote error={failure} />}
			{step === 'BEFORE' && (
				<form className="stack" onSubmit={asking.submit}>
					<p>
						A device that your firm has lets this one in: one of your own, or an owner’s if it is your first. Have it at
						hand, or call the owner: both screens will show a code, and you compare the two.
					</p>
					{asking.error !== null && <ErrorNote error={asking.error} />}
					<div>
						<button type="submit" className="primary" aria-disabled={asking.isSaving}>
							{asking.isSaving ? 'One moment …' : 'Ask to join'}
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
			{step === 'AGREED' && (
				<p role="status">
					Waiting for the other device … It adds this one once its person has found the same code too.
				</p>
			)}
		</section>
	);
}
