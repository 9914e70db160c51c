import { AskDevice } from '../../device/ask-device.tsx';
import { useDevice } from '../../device/device-context.ts';

/** A new device joins with the help of one that the firm has. */
export function JoinFirm() {
	const { device, act } = useDevice();
	return (
		<section className="stack reading" aria-labelledby="join">
			<h2 id="join">Join your firm</h2>
			<AskDevice
				label="Ask to join"
				waiting="It adds this one once its person has found the same code too."
				last={async (steps, isSameCode) => {
					const joined = await act(() => steps.finish(isSameCode));
					if (joined !== null) await device.refresh();
					return joined;
				}}
			>
				<p>
					A device that your firm has lets this one in: one of your own, or an owner’s if it is your first. Have it at
					hand, or call the owner: both screens will show a code, and you compare the two.
				</p>
			</AskDevice>
		</section>
	);
}
