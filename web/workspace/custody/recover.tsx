/** A device that has not joined yet. */
export const Recover = () => (
	<p className="note reading">
		This device does not know your firm yet. Join with another device on the screen <a href="#/devices">Devices</a>.
	</p>
);
