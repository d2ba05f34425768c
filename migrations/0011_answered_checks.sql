CREATE TABLE `check_answers` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`scope` text NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL,
	`words` text NOT NULL,
	`person_id` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `check_answers_finding` ON `check_answers` (`account_id`,`scope`,`key`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `check_rules` text;