CREATE TABLE `profile_ticks` (
	`week_host_id` text NOT NULL,
	`change` text NOT NULL,
	`ticked_by` text NOT NULL,
	`ticked_at` integer NOT NULL,
	PRIMARY KEY(`week_host_id`, `change`),
	FOREIGN KEY (`week_host_id`) REFERENCES `week_hosts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`ticked_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
