CREATE TABLE `removed_events` (
	`id` text PRIMARY KEY NOT NULL,
	`week_id` text NOT NULL,
	`name` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`removed_at` integer NOT NULL,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `removed_events_week` ON `removed_events` (`week_id`,`removed_at`);--> statement-breakpoint
ALTER TABLE `weeks` ADD `unannounced_at` integer;