CREATE TABLE `reflection_decisions` (
	`id` text PRIMARY KEY NOT NULL,
	`week_host_id` text NOT NULL,
	`kind` text NOT NULL,
	`person_id` text NOT NULL,
	`own_work` integer DEFAULT false NOT NULL,
	`comment` text NOT NULL,
	`fingerprint` text NOT NULL,
	`frozen` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`week_host_id`) REFERENCES `week_hosts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `reflection_decisions_host` ON `reflection_decisions` (`week_host_id`,`at`);--> statement-breakpoint
CREATE TABLE `reflections` (
	`week_host_id` text PRIMARY KEY NOT NULL,
	`week_id` text NOT NULL,
	`state` text NOT NULL,
	`answers` text NOT NULL,
	`approved` text,
	`submitted_at` integer,
	`changed_at` integer NOT NULL,
	`written_in` text,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`week_host_id`) REFERENCES `week_hosts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `reflections_week` ON `reflections` (`week_id`,`state`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `reflection_questions` text;