CREATE TABLE `candidate_links` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`candidate_id` text NOT NULL,
	`reader` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidates`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `candidate_links_candidate` ON `candidate_links` (`candidate_id`);--> statement-breakpoint
CREATE TABLE `candidates` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`state` text NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`job` text NOT NULL,
	`about` text NOT NULL,
	`weeks` text NOT NULL,
	`weeks_words` text NOT NULL,
	`sample` text NOT NULL,
	`suggested_by` text DEFAULT '' NOT NULL,
	`suggester_email` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	`confirmed_at` integer,
	`erase_at` integer NOT NULL,
	`week_id` text,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `candidates_account` ON `candidates` (`account_id`,`state`);--> statement-breakpoint
CREATE INDEX `candidates_erase` ON `candidates` (`erase_at`);--> statement-breakpoint
CREATE INDEX `candidates_email` ON `candidates` (`email`);--> statement-breakpoint
CREATE INDEX `candidates_created` ON `candidates` (`created_at`);--> statement-breakpoint
CREATE TABLE `offers` (
	`id` text PRIMARY KEY NOT NULL,
	`candidate_id` text NOT NULL,
	`state` text NOT NULL,
	`slots` text NOT NULL,
	`words` text NOT NULL,
	`made_by` text NOT NULL,
	`made_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`answered_at` integer,
	`answer` text DEFAULT '' NOT NULL,
	FOREIGN KEY (`candidate_id`) REFERENCES `candidates`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`made_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `offers_open` ON `offers` (`candidate_id`) WHERE state = 'open';--> statement-breakpoint
CREATE INDEX `offers_ending` ON `offers` (`state`,`ends_at`);--> statement-breakpoint
CREATE TABLE `resting_addresses` (
	`address_hash` text NOT NULL,
	`reason` text NOT NULL,
	`until` integer NOT NULL,
	PRIMARY KEY(`address_hash`, `reason`)
);
--> statement-breakpoint
CREATE INDEX `resting_addresses_until` ON `resting_addresses` (`until`);--> statement-breakpoint
ALTER TABLE `mails` ADD `candidate_id` text;--> statement-breakpoint
CREATE INDEX `mails_candidate` ON `mails` (`candidate_id`);